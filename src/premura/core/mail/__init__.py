"""Mail that the system writes: queued as rows, sent by the worker, kept until it could be delivered or never can.

In come letters of any stage (subject, text, HTML, whose mail it is); out go messages over the company's server, with
addresses marked that do not exist. Follows RFC 5322 (messages), RFC 3464 (delivery reports) and RFC 8058 (one-click
unsubscribing). Knows no stage.
"""
