"""Small files of every known system, written by hand after what their own programs write."""

import io
import json
import zipfile

QSF = {
    "SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "Soddisfazione", "SurveyLanguage": "IT"},
    "SurveyElements": [
        {
            "Element": "BL",
            "Payload": {
                "0": {
                    "Type": "Default",
                    "ID": "BL_1",
                    "BlockElements": [{"QuestionID": "QID2"}, {"QuestionID": "QID1"}],
                },
                "1": {"Type": "Trash", "ID": "BL_2", "BlockElements": [{"QuestionID": "QID9"}]},
            },
        },
        {
            "Element": "FL",
            "Payload": {"Flow": [{"Type": "Standard", "ID": "BL_404"}, {"Type": "Standard", "ID": "BL_1"}]},
        },
        {"Element": "QC", "SecondaryAttribute": "2"},
        {
            "Element": "SQ",
            "PrimaryAttribute": "QID1",
            "Payload": {
                "QuestionID": "QID1",
                "QuestionText": "Quanto <b>consiglierebbe</b> la nostra azienda?",
                "DataExportTag": "Q1",
                "QuestionType": "MC",
                "Selector": "NPS",
                "Choices": [{"Display": str(n)} for n in range(11)],
                "Validation": {"Settings": {"ForceResponse": "ON"}},
            },
        },
        {
            "Element": "SQ",
            "PrimaryAttribute": "QID2",
            "Payload": {
                "QuestionID": "QID2",
                "QuestionText": "Che cosa ha noleggiato?",
                "DataExportTag": "Q2",
                "QuestionType": "MC",
                "Selector": "SAVR",
                "Choices": {"1": {"Display": "Betoniera"}, "2": {"Display": "Ponteggio"}},
                "ChoiceOrder": [2, "1"],
                "Language": {"EN": {"QuestionText": "What did you hire?", "Choices": {"1": {"Display": "Mixer"}}}},
            },
        },
        {
            "Element": "SQ",
            "PrimaryAttribute": "QID3",
            "Payload": {
                "QuestionID": "QID3",
                "QuestionText": "Come valuta",
                "DataExportTag": "Q3",
                "QuestionType": "Matrix",
                "Selector": "Likert",
                "SubSelector": "SingleAnswer",
                "Choices": {"1": {"Display": "il banco"}, "2": {"Display": "la consegna"}},
                "Answers": {"1": {"Display": "male"}, "2": {"Display": "bene"}},
            },
        },
        {"Element": "SQ", "PrimaryAttribute": "QID4", "Payload": {"QuestionID": "QID4", "QuestionType": "Slider"}},
        {"Element": "SQ", "PrimaryAttribute": "QID9", "Payload": {"QuestionID": "QID9", "QuestionType": "TE"}},
    ],
}
_QUALTRICS_HEAD = (
    "StartDate,Status,Finished,RecordedDate,ResponseId,RecipientEmail,UserLanguage,Q1,Q2,Q3_1,Q3_2\n"
    "Anfangsdatum,Antworttyp,Beendet,Erfassungsdatum,Antwort-ID,E-Mail,Sprache,Consiglio,Noleggio,il banco,la consegna\n"
    + ",".join(
        '"{""ImportId"":""' + name + '""}"'
        for name in [
            "startDate",
            "status",
            "finished",
            "recordedDate",
            "_recordId",
            "recipientEmail",
            "userLanguage",
            "QID1",
            "QID2",
            "QID3_1",
            "QID3_2",
        ]
    )
    + "\n"
)
QUALTRICS = _QUALTRICS_HEAD + (
    "2026-02-01 10:00:00,0,1,2026-02-01 10:01:00,R_1,anna@example.it,IT,9,1,2,1\n"
    "2026-02-02 10:00:00,0,1,2026-02-02 10:01:00,R_2,,EN,3,2,,2\n"
    "2026-02-03 10:00:00,1,1,2026-02-03 10:01:00,R_3,,IT,10,1,1,1\n"
)
VV = (
    "Response ID\tDate submitted\tStart language\tQuanto consiglierebbe?\tCome si trova\tServizi\tServizi\tCommento\t\n"
    "id\tsubmitdate\tstartlanguage\tnps\tvoto\tserv_SQ1\tserv_SQ2\tcomm\t\n"
    "1\t2026-02-01 10:00:00\tit\tA9\t5\tY\t\tTutto{newline}bene {lbrace}davvero}\n"
    "2\tNULL\tit\tA3\t{question_not_shown}\t\tY\t\n"
    "3\t1980-01-01 00:00:00\ten\tA3\t2\tY\tY\t\n"
)
LIME_CSV = (
    '"id";"submitdate";"lastpage";"startlanguage";"voto";"serv[SQ1]";"serv[SQ2]"\n'
    '"1";"2026-02-01 10:00:00";"1";"it";"4";"Y";"N"\n"2";"2026-02-02 10:00:00";"1";"it";"5";"N";"Y"\n'
)
FORMS = (
    "Informazioni cronologiche,Indirizzo email,Quanto consiglierebbe la nostra azienda a un amico?,Che cosa usa?,"
    "Come ci valuta [banco]\n"
    + "".join(
        f'{d:02d}/02/2026 19.07.17,u{d}@example.it,{d % 11},"{("Ponteggio, Betoniera", "Ponteggio", "Betoniera")[d % 3]}",'
        f"{d % 5 + 1}\n"
        for d in range(1, 15)
    )
)
MONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,Email Address,Quali servizi usa?,,Un commento\r"
    ",,,,,Noleggio,Vendita,Open-Ended Response\r"
    "11,1,02/13/2026 10:00:00 AM,02/13/2026 10:01:00 AM,,Noleggio,,Buono\r"
    "12,1,02/14/2026 10:00:00 AM,02/14/2026 10:01:00 AM,,Noleggio,Vendita,\r"
)
TYPEFORM = (
    "#,Ciao {{answer_42471732}} quali macchine?,Quanto è probabile che ci consigli a un amico?,Start Date (UTC),"
    "Submit Date (UTC),Network ID\n"
    + "".join(
        f"t{n},{('Betoniera / Ponteggio', 'Ponteggio')[n % 2]},{n},2026-02-0{n} 10:00:00,2026-02-0{n} 10:05:00,abc\n"
        for n in range(1, 8)
    )
)
FORMBRICKS = (
    "No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Tags,userAgent - browser,"
    "1. Che cosa usa?,1. Che cosa usa? - Option ID,2. Come va?,person.email\n"
    + "".join(
        f"{n},fb{n},2026-02-0{n} 10:00:00,Yes,s1,f1,,,Chrome,{('Gru', 'Furgone')[n % 2]},x{n % 2},Va bene così,\n"
        for n in range(1, 7)
    )
)
UNIFY = (
    "submission_id,collected_at,field_id,field_type,value,email,language\n"
    "a,2026-02-01T10:00:00Z,consiglio,nps,9,anna@example.it,it\na,2026-02-01T10:00:00Z,parole,text,Bene,anna@example.it,it\n"
    "b,2026-02-02T10:00:00Z,consiglio,nps,2,,it\n"
)
MICROSOFT = (
    "ID;Ora di inizio;Ora di completamento;Posta elettronica;Nome;Che cosa usa?\n"
    '1;2026-02-01 10:00:00;2026-02-01 10:02:00;anonymous;;"Gru;Furgone;"\n'
    '2;2026-02-02 10:00:00;2026-02-02 10:02:00;anonymous;;"Gru;"\n'
)
REVIEWS = {
    "reviews": [
        {
            "name": "accounts/1/locations/7/reviews/r1",
            "reviewId": "r1",
            "reviewer": {"displayName": "Piero"},
            "starRating": "ONE",
            "comment": "Due ore di attesa",
            "createTime": "2026-03-10T10:00:00.123456789Z",
            "updateTime": "2026-03-10T10:00:00Z",
        },
        {
            "reviewId": "r2",
            "reviewer": {"isAnonymous": True, "displayName": "Chi?"},
            "starRating": "FIVE",
            "createTime": "2026-03-01T10:00:00Z",
            "reviewReply": {"comment": "Grazie", "updateTime": "2026-03-02T10:00:00Z"},
        },
        {"reviewId": "r3", "starRating": "TWO", "createTime": "2020-01-01T10:00:00Z", "comment": "Vecchia"},
        {"reviewId": "r4", "starRating": "STAR_RATING_UNSPECIFIED", "createTime": "2026-01-01T10:00:00Z"},
    ],
    "totalReviewCount": 9,
}
DELIGHTED = [
    {
        "id": "d1",
        "person": {"email": "anna@example.it"},
        "survey_type": "nps",
        "score": 9,
        "comment": "Bene",
        "created_at": 1771000000,
        "additional_answers": [
            {"question": {"text": "Sede?"}, "value": {"select_one": {"id": "1", "text": "Vicenza"}}}
        ],
    },
    {"id": "d2", "person": None, "survey_type": "nps", "score": 2, "comment": None, "created_at": 1771100000},
]


def opendocument(rows: str) -> bytes:
    """The smallest sheet that LibreOffice would write: its cells, and the namespaces they are named in."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in
                      ("office", "table", "text"))  # fmt: skip
    sheet = f'<table:table table:name="Foglio1">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return buffer.getvalue()


def lss(*, head: str = "", language: str = "it") -> str:
    """A LimeSurvey of the new generation: NPS as a list, a mark from 1 to 5, several ticks, words, and an upload."""
    kinds = {1: ("L", "nps"), 2: ("5", "voto"), 3: ("M", "serv"), 4: ("T", "comm"), 5: ("|", "foto")}
    texts = {
        1: "Quanto consiglierebbe?",
        2: "Come si trova?",
        3: "Servizi",
        4: "Commento",
        5: "Una foto",
        6: "Gru",
        7: "Furgone",
    }

    def rows(name: str, held: list[dict[str, str]]) -> str:
        inside = "".join(
            "<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in r.items()) + "</row>" for r in held
        )
        return f"<{name}><rows>{inside}</rows></{name}>"

    base = {"sid": "9", "gid": "1", "mandatory": "N", "other": "N", "scale_id": "0", "relevance": "1"}
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
        f"<DBVersion>498</DBVersion><languages><language>{language}</language></languages>"
        + rows("answers", [{"aid": str(n), "qid": "1", "code": f"A{n}", "sortorder": str(n), "scale_id": "0"} for n in range(11)])
        + rows("answer_l10ns", [{"aid": str(n), "answer": str(n), "language": language} for n in range(11)])
        + rows("questions", [
            {**base, "qid": str(n), "parent_qid": "0", "type": k, "title": t, "question_order": str(n)}
            for n, (k, t) in kinds.items()
        ])
        + rows("subquestions", [
            {**base, "qid": str(n), "parent_qid": "3", "type": "M", "title": f"SQ{n - 5}", "question_order": str(n)} for n in (6, 7)
        ])
        + rows("question_l10ns", [
            *({"qid": str(n), "question": f"<p>{t}</p>", "help": "", "language": language} for n, t in texts.items()),
            *({"qid": str(n), "question": t, "help": "", "language": "de-informal"} for n, t in {3: "Dienste", 7: "Transporter"}.items()),
        ])
        + rows("surveys", [{"sid": "9", "language": language, "additional_languages": "de-informal fi"}])
        + rows("surveys_languagesettings", [{"surveyls_language": language, "surveyls_title": "Dopo il noleggio"}])
        + "</document>"
    )  # fmt: skip


FILES = {
    "s.lss": lss(),
    "s.qsf": json.dumps(QSF),
    "qualtrics.csv": QUALTRICS,
    "vvexport_9.csv": VV,
    "lime.csv": LIME_CSV,
    "forms.csv": FORMS,
    "monkey.csv": MONKEY,
    "typeform.csv": TYPEFORM,
    "export-x.csv": FORMBRICKS,
    "unify.csv": UNIFY,
    "microsoft.csv": MICROSOFT,
    "reviews.json": json.dumps(REVIEWS),
    "delighted.json": json.dumps(DELIGHTED),
}
EXPECTED = {
    "s.lss": ("limesurvey", "survey"),
    "s.qsf": ("qualtrics", "survey"),
    "qualtrics.csv": ("qualtrics", "responses"),
    "vvexport_9.csv": ("limesurvey", "responses"),
    "lime.csv": ("limesurvey", "responses"),
    "forms.csv": ("google-forms", "responses"),
    "monkey.csv": ("surveymonkey", "responses"),
    "typeform.csv": ("typeform", "responses"),
    "export-x.csv": ("formbricks", "responses"),
    "unify.csv": ("formbricks", "responses"),
    "microsoft.csv": ("microsoft-forms", "responses"),
    "reviews.json": ("google-reviews", "reviews"),
    "delighted.json": ("delighted", "responses"),
}

LSR = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Responses</LimeSurveyDocType><responses>
<fields><fieldname>id</fieldname><fieldname>submitdate</fieldname><fieldname>_9X1X2</fieldname></fields>
<rows><row><id>1</id><submitdate>2026-02-01 10:00:00</submitdate><_9X1X2>4</_9X1X2></row>
<row><id>2</id><submitdate>1980-01-01 00:00:00</submitdate><_9X1X2>5</_9X1X2></row></rows></responses></document>
"""
