"""The document that LimeSurvey reads: its tables with all of their fields, in the order of its own files.

The fields and the settings are those of a file that LimeSurvey 2.05 wrote itself (database version 177). What a survey
of ours does not say is as a new survey has it there; what is not set at all (NULL) is left out, as LimeSurvey does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

DB_VERSION = "177"
Row = Mapping[str, str]
_BAD_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Table → its fields; one that is absent from a row is empty there
FIELDS: Mapping[str, Sequence[str]] = {
    table: fields.split()
    for table, fields in {
        "answers": ("qid code answer sortorder assessment_value language scale_id "),
        "groups": ("gid sid group_name group_order description language randomization_group grelevance "),
        "questions": (
            "qid parent_qid sid gid type title question preg help other mandatory question_order language "
            "scale_id same_default relevance "
        ),
        "question_attributes": ("qid attribute value language "),
        "surveys": (
            "sid admin expires startdate adminemail anonymized faxto format savetimings template language "
            "additional_languages datestamp usecookie allowregister allowsave autonumber_start autoredirect "
            "allowprev printanswers ipaddr refurl publicstatistics publicgraphs listpublic htmlemail "
            "sendconfirmation tokenanswerspersistence assessments usecaptcha usetokens bounce_email "
            "attributedescriptions emailresponseto emailnotificationto tokenlength showxquestions showgroupinfo "
            "shownoanswer showqnumcode bouncetime bounceprocessing bounceaccounttype bounceaccounthost "
            "bounceaccountpass bounceaccountencryption bounceaccountuser showwelcome showprogress questionindex "
            "navigationdelay nokeyboard alloweditaftercompletion googleanalyticsstyle googleanalyticsapikey "
        ),
        "surveys_languagesettings": (
            "surveyls_survey_id surveyls_language surveyls_title surveyls_description surveyls_welcometext "
            "surveyls_endtext surveyls_url surveyls_urldescription surveyls_email_invite_subj "
            "surveyls_email_invite surveyls_email_remind_subj surveyls_email_remind surveyls_email_register_subj "
            "surveyls_email_register surveyls_email_confirm_subj surveyls_email_confirm surveyls_dateformat "
            "surveyls_attributecaptions email_admin_notification_subj email_admin_notification "
            "email_admin_responses_subj email_admin_responses surveyls_numberformat attachments "
        ),
    }.items()
}
NULLS = frozenset({"language", "expires", "startdate", "bouncetime", "surveyls_attributecaptions", "attachments"})
# As a new survey has them
SETTINGS: Row = {
    "anonymized": "N", "savetimings": "N", "datestamp": "N", "usecookie": "N", "allowregister": "N",
    "allowsave": "Y", "autonumber_start": "0", "autoredirect": "N", "allowprev": "N", "printanswers": "N",
    "ipaddr": "N", "refurl": "N", "publicstatistics": "N", "publicgraphs": "N", "listpublic": "N",
    "htmlemail": "Y", "sendconfirmation": "Y", "tokenanswerspersistence": "N", "assessments": "N",
    "usecaptcha": "D", "usetokens": "N", "tokenlength": "15", "showxquestions": "Y", "showgroupinfo": "B",
    "shownoanswer": "Y", "showqnumcode": "X", "bounceprocessing": "N", "showwelcome": "Y", "showprogress":
    "Y", "questionindex": "0", "navigationdelay": "0", "nokeyboard": "N", "alloweditaftercompletion": "N",
    "googleanalyticsstyle": "0",
    "template": "default",
    "format": "G",
}  # fmt: skip


def document(languages: Sequence[str], tables: Mapping[str, Sequence[Row]], said: Sequence[str]) -> bytes:
    """The file. ``said`` are sentences for whoever opens it: what of the survey it does not hold."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines += [f"<!-- {escape(_clean(sentence)).replace('--', '-')} -->" for sentence in said]
    lines += ["<document>", "<LimeSurveyDocType>Survey</LimeSurveyDocType>", f"<DBVersion>{DB_VERSION}</DBVersion>"]
    lines += ["<languages>", *(f"<language>{escape(code)}</language>" for code in languages), "</languages>"]
    for name, rows in tables.items():
        if rows:
            lines += _table(name, rows)
    return "\n".join([*lines, "</document>", ""]).encode("utf-8")


def _table(name: str, rows: Sequence[Row]) -> list[str]:
    fields = FIELDS.get(name, FIELDS["questions"])
    lines = [f"<{name}>", "<fields>", *(f"<fieldname>{field}</fieldname>" for field in fields), "</fields>", "<rows>"]
    for row in rows:
        assert row.keys() <= set(fields), row.keys() - set(fields)
        kept = [field for field in fields if field in row or field not in NULLS]
        lines.append("<row>" + "".join(_cell(field, row.get(field, "")) for field in kept) + "</row>")
    return [*lines, "</rows>", f"</{name}>"]


def _cell(field: str, text: str) -> str:
    clean = _clean(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{field}><![CDATA[{clean}]]></{field}>" if clean else f"<{field}/>"


def _clean(text: str) -> str:
    return _BAD_XML.sub("", text)
