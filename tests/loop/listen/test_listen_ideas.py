"""The board of ideas: looked at before it is shown, one vote a browser, duplicates put together."""

import pytest

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.listen.idea_comments import add_comment, look_at_comment
from premura.loop.listen.idea_models import Idea, IdeaVote
from premura.loop.listen.idea_reads import became_of, board, comments_of, shown_idea, similar_to, waiting_comments
from premura.loop.listen.ideas import decide_idea, idea_of_token, merge_idea, own_token, propose_idea, vote_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(owner):
    def make(title: str, status: str = "received") -> Idea:
        idea = propose_idea(title, "", key=title[:40], language="it")
        decide_idea(idea, status, "Perché sì", by=owner)
        return Idea.objects.get(pk=idea.pk)

    return make


def test_nobody_reads_it_before_somebody_looked_at_it(owner, company):
    idea = propose_idea("  Aprire\nil sabato ", "Chi lavora", key="k", language="it")
    assert propose_idea("Altro", "", key="k", language="it").pk == idea.pk
    assert idea.title == "Aprire il sabato"
    assert not board().exists()
    with pytest.raises(NotFound):
        shown_idea(idea.pk)
    assert idea_of_token(own_token(idea)) == idea
    with pytest.raises(NotFound):
        idea_of_token(own_token(idea)[:-1] + "_")
    for status, code in (("declined", "reason-needed"), ("merged", "no-such-status")):
        with pytest.raises(PremuraError) as refusal:
            decide_idea(idea, status, " ", by=owner)
        assert refusal.value.code == code
    decide_idea(idea, "declined", "Costa troppo", by=owner)
    assert shown_idea(idea.pk).decisions.get().reason == "Costa troppo"
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["idea.proposed", "idea.decided"]


def test_a_browser_votes_once_and_can_take_it_back(shown, owner):
    idea = shown("Aprire il sabato")
    assert [vote_for(idea, token) for token in "aab"] == [True, False, True]
    assert Idea.objects.get(pk=idea.pk).votes == 2
    assert "a" not in IdeaVote.objects.values_list("voter", flat=True), "the token itself is not kept"
    assert [vote_for(idea, "a", is_for=False) for _twice in range(2)] == [True, False]
    assert Idea.objects.get(pk=idea.pk).votes == 1
    decide_idea(idea, "done", "", by=owner)
    with pytest.raises(Conflict):
        vote_for(idea, "c")


def test_duplicates_put_together_count_everybody_once(shown, owner):
    one, two, three = shown("Aprire il sabato"), shown("Aprite di sabato"), shown("Più posti")
    assert similar_to(two) == [one]
    for idea, token in ((one, "a"), (one, "b"), (two, "b"), (two, "c"), (three, "a")):
        vote_for(idea, token)
    merge_idea(two, one, by=owner)
    merged = Idea.objects.get(pk=two.pk)
    assert (Idea.objects.get(pk=one.pk).votes, merged.votes, merged.merged_into) == (3, 0, one)
    assert set(board()) == {one, three}
    for wrong in ((one, two), (two, three), (one, one)):
        with pytest.raises(Conflict):
            merge_idea(*wrong, by=owner)
    merge_idea(one, three, by=owner)
    assert Idea.objects.get(pk=two.pk).merged_into == three, "nobody is led to an idea that is gone"
    assert Idea.objects.get(pk=three.pk).votes == 3


def test_search_finds_every_word_in_title_or_text(shown):
    idea = shown("Aprire il sabato")
    assert list(board(search="sabato aprire")) == [idea]
    assert not board(search="sabato domenica").exists()


def test_a_comment_is_read_by_others_after_somebody_looked_at_it(shown, owner):
    idea, other = shown("Aprire il sabato"), shown("Aprite di sabato")
    first = add_comment(idea, " Anche\x00 per noi ", key="c")
    assert add_comment(idea, "Di nuovo", key="c") == first, "a double click is one comment"
    assert (first.text, list(comments_of(idea)), list(waiting_comments())) == ("Anche per noi", [], [first])
    ours = add_comment(other, "Ci stiamo lavorando", key="d", by=owner)
    assert list(comments_of(other)) == [ours]
    look_at_comment(first, is_shown=True, by=owner)
    assert (list(comments_of(idea)), list(waiting_comments())) == ([first], [])
    merge_idea(other, idea, by=owner)
    assert list(comments_of(idea)) == [first, ours], "what was said of a duplicate is not lost"
    look_at_comment(first, is_shown=False, by=owner)
    assert list(comments_of(idea)) == [ours]
    with pytest.raises(PremuraError):
        add_comment(idea, " \n", key="e")
    with pytest.raises(Conflict):
        add_comment(Idea.objects.get(pk=other.pk), "Qui", key="f")


def test_who_is_for_an_idea_is_told_what_became_of_it(shown, owner):
    idea, before, other = shown("Aprire il sabato"), shown("Più posti", "planned"), shown("Due casse")
    long_ago, token = idea.proposed_at, "mine"
    for one in (idea, before):
        vote_for(one, token)
    decide_idea(idea, "considered", "", by=owner)
    decide_idea(idea, "declined", "Costa troppo", by=owner)
    decide_idea(other, "done", "", by=owner)
    assert [(one.idea, one.reason) for one in became_of(token, since=long_ago)] == [(idea, "Costa troppo")]
    assert became_of("another", since=long_ago) == became_of("", since=long_ago) == []
