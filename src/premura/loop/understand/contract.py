"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.understand import comments, samples, teaching, theme_making

CONTRACT = Contract(
    stage="understand",
    emits={
        "view.saved": "a question to the explorer is kept under a name; shared",
        "view.changed": "it has another name, or other people see it; shared, renamed",
        "view.deleted": "it is gone from the lists",
        "view.restored": "it is back",
        "servqual.weighted": "somebody said how much each dimension of service quality matters; points",
        "comment.read": "the words of a response that came in are read, subject response; answers (ids), signals",
        "comment.reread": "read with care, a new comment says more, subject response; answers (ids), signals (new)",
        "comment.praised": "a comment that came in praises a colleague by name, subject answer; person",
        "comments.sampled": "comments of the month are chosen for people to judge, subject company; month, comments",
        "themes.made": "themes are found in the comments, or rise, subject company; new and rising (ids)",
        "theme.changed": "somebody names, pins, hides or merges a theme, or takes it back, subject theme; what changed",
        "aspect.changed": "comments are read for an aspect of the company's own, or no longer; words, examples, ended",
        "comments.learnt": "what people put right is learnt from, subject company; comments, used (kinds that read)",
        "comment.judged": "a person put right or confirmed what was understood, subject answer; judged",
    },
    wants={"response.received": comments.handle_response, "responses.imported": comments.handle_imported},
    idle={"response.received": comments.wordless},
    jobs={
        comments.READ: comments.do_read_comments,
        comments.READ_CAREFULLY: comments.do_read_carefully,
        samples.SAMPLE: samples.do_sample,
        teaching.TEACH: teaching.do_learn_corrections,
        theme_making.MAKE: theme_making.do_make_themes,
    },
    forget=comments.forget,
)
