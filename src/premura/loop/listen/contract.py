"""What this stage says about itself."""

from premura.core.contract import Contract
from premura.loop.listen.forgetting import forget
from premura.loop.listen.packs import install_pack
from premura.loop.listen.panel_news import nobody_to_tell, tell_members
from premura.loop.listen.thanking import handle_answered, nobody_to_thank
from premura.loop.listen.uploads import LOOSE_FILES, do_loose_files

CONTRACT = Contract(
    stage="listen",
    emits={
        "programme.added": "somebody wrote down why we listen",
        "programme.changed": "the programme's columns in fields changed; fields",
        "survey.added": "a survey exists as a draft; programme",
        "survey.edited": "the draft changed; revision, or fields for what is beside the draft",
        "survey.published": "customers see this version from now on; version, number",
        "survey.withdrawn": "this version is no longer answered; version, number",
        "question.kept": "a question is in the company's own library",
        "question.renamed": "it has another name there",
        "question.removed": "it is no longer there; the surveys that it was put into keep it; name",
        "trigger.added": "a programme asks by itself; programme, kind",
        "trigger.changed": "when or whom it asks changed, or it was switched on or off; programme, kind",
        "trigger.pressed": "somebody let a trigger by hand ask; programme",
        "contact_limits.changed": "how often a customer may be asked; most, window_days, days_between",
        "customer.invited": "we asked a customer; survey, channel",
        "invitation.opened": "the customer looked at what we asked, by the personal link",
        "response.received": "a customer answered; survey, version",
        "quote.coded": "words of an answer were put under a theme",
        "talk.noted": "who led an interview or a focus group and who took part was written down",
        "quote.removed": "the theme of such words was taken away",
        "competitor.added": "a competitor is in the register",
        "competitor.renamed": "the competitor's name was corrected",
        "idea.proposed": "a customer proposes something on the board",
        "idea.voted": "a browser or a member of the panel is for an idea, or no more; is_for",
        "idea.commented": "somebody says something about an idea; comment",
        "idea.comment-seen": "somebody of the company shows a comment, or does not; comment, is_shown",
        "idea.decided": "somebody says what becomes of an idea; status, before, decision",
        "idea.placed": "somebody says where in the journey it would be felt; touchpoint",
        "idea.merged": "an idea is put together with another one; into, decision",
        "board.changed": "for whom the board of ideas is open; is_panel_only",
        "panel.invited": "a customer was asked to join the panel",
        "panel.not-invited": "a customer was wanted on the panel and not asked; reason",
        "panel.joined": "they joined, or came back",
        "panel.changed": "they changed under which name they speak or whether we write to them",
        "panel.link-renewed": "a member was sent a new link; the earlier ones open nothing any more",
        "panel.left": "they left the panel, or said no to the invitation",
        "panel.withdrawn": "we took an invitation back before it was answered",
        "story.added": "a customer's story is written down",
        "story.allowed": "its teller allows these uses from now on; uses",
        "story.pictured": "a picture was added that its teller agrees to",
        "story.picture-removed": "that picture is gone",
        "story.withdrawn": "its teller takes it back",
        "responses.imported": "a file brought old answers, from which no case is opened; source, rows",
    },
    wants={"response.received": handle_answered, "idea.decided": tell_members, "idea.merged": tell_members},
    idle={"response.received": nobody_to_thank, "idea.decided": nobody_to_tell, "idea.merged": nobody_to_tell},
    jobs={LOOSE_FILES: do_loose_files},
    forget=forget,
    install_pack=install_pack,
)
