"""Every address and every kind of person: who is let in, who is told no, who finds nothing.

The table is written out, never computed from the views: a view that forgets its door differs from its row, and an
address without a row fails. All objects belong to Vicenza.
"""

import re
from contextlib import contextmanager, nullcontext

import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from premura.core.history.models import Event
from premura.loop.listen.panel_links import panel_token

PERSONAS = ("owner", "manager", "colleague", "elsewhere", "viewer", "outsider")

# yes: the page is shown (200)            done: the post is taken, and leads on (302)
# on: leads to another page (302)         form: not enough was sent, it is asked for again (200, 400, 422)
# no: the role does not include it (403)  none: there is no such thing for this person (404)
# door: to the sign-in (302)              post: this address only takes posts (405)
# The manager leads Vicenza; the colleague works there; elsewhere works in Padova; the viewer sees every place.
TABLE = """
address                 object                        method  owner  manager  colleague  elsewhere  viewer  outsider

home                    -                             GET     on     on       on         on         on      door
welcome                 -                             GET     on     on       on         on         on      on
setup                   -                             GET     none   none     none       none       none    none
setup                   -                             POST    none   none     none       none       none    none
demo                    -                             GET     post   post     post       post       post    post
demo                    -                             POST    none   none     none       none       none    none
demo-progress           -                             GET     yes    yes      yes        yes        yes     yes
demo-entrance           -                             GET     none   none     none       none       none    none
language                -                             GET     post   post     post       post       post    post
language                -                             POST    done   done     done       done       done    done
healthz                 -                             GET     ill    ill      ill        ill        ill     ill

today                   -                             GET     yes    yes      yes        yes        no      door
search                  ?q=Rossi                      GET     yes    yes      yes        yes        yes     door
patterns                -                             GET     yes    yes      yes        yes        yes     door

customers               -                             GET     yes    yes      yes        yes        yes     door
customer                customer                      GET     yes    yes      yes        none       yes     door
customer-new            -                             GET     yes    yes      yes        yes        no      door
customer-new            -                             POST    form   form     form       form       no      door
customer-edit           customer                      GET     yes    yes      yes        none       no      door
customer-edit           customer                      POST    form   form     form       none       no      door
customer-meeting        customer                      GET     post   post     post       post       no      door
customer-meeting        customer                      POST    form   form     form       none       no      door
customer-opt-out        customer                      GET     post   post     post       post       no      door
customer-opt-out        customer                      POST    done   done     done       none       no      door
needs                   -                             GET     yes    yes      yes        yes        yes     door
need-new                customer                      GET     post   post     post       post       no      door
need-new                customer                      POST    form   form     form       none       no      door
need-proposal           need                          GET     post   post     post       post       no      door
need-proposal           need                          POST    form   form     form       none       no      door
need-outcome            need                          GET     post   post     post       post       no      door
need-outcome            need                          POST    form   form     form       none       no      door
customer-forgetting     customer                      GET     yes    no       no         no         no      door
customer-forgetting     customer                      POST    done   no       no         no         no      door

listening               -                             GET     yes    yes      yes        yes        no      door
programme               programme                     GET     yes    yes      yes        yes        no      door
trigger-new             programme                     GET     yes    yes      no         no         no      door
trigger-new             programme                     POST    form   form     no         no         no      door
trigger                 trigger                       GET     yes    yes      no         no         no      door
trigger                 trigger                       POST    form   form     no         no         no      door
trigger-pressing        trigger                       GET     post   post     no         no         no      door
trigger-pressing        trigger                       POST    form   form     no         no         no      door
contact-limits          -                             GET     yes    yes      no         no         no      door
contact-limits          -                             POST    form   form     no         no         no      door
mail                    -                             GET     yes    no       no         no         no      door
mail                    -                             POST    form   no       no         no         no      door
gateway                 sms                           GET     yes    no       no         no         no      door
gateway                 fax                           GET     none   no       no         no         no      door
gateway                 sms                           POST    form   no       no         no         no      door
gateway-test            sms                           GET     post   no       no         no         no      door
gateway-test            sms                           POST    form   no       no         no         no      door
mailbox                 -                             GET     yes    no       no         no         no      door
mailbox                 -                             POST    form   no       no         no         no      door
mailbox-fetching        -                             GET     post   no       no         no         no      door
mailbox-fetching        -                             POST    done   no       no         no         no      door
mail-test               -                             GET     post   no       no         no         no      door
mail-test               -                             POST    done   no       no         no         no      door
mail-reports            -                             POST    form   no       no         no         no      door
mail-clearing           bad_address                   GET     post   no       no         no         no      door
mail-clearing           bad_address                   POST    done   no       no         no         no      door
gateway-receipt         forged                        GET     none   none     none       none       none    none
gateway-receipt         forged                        POST    none   none     none       none       none    none
unsubscribe             forged                        GET     none   none     none       none       none    none
unsubscribe             forged                        POST    none   none     none       none       none    none
programme-new           -                             GET     yes    yes      no         no         no      door
programme-new           -                             POST    form   form     no         no         no      door
programme-instrument    programme                     GET     yes    yes      no         no         no      door
programme-edit          programme                     GET     yes    yes      no         no         no      door
programme-edit          programme                     POST    form   form     no         no         no      door
survey                  survey                        GET     yes    yes      yes        yes        no      door
survey-new              -                             GET     yes    yes      no         no         no      door
survey-new              -                             POST    form   form     no         no         no      door
survey-print            survey                        GET     yes    yes      yes        yes        no      door
survey-sheet            survey/poster                 GET     yes    yes      yes        yes        no      door
survey-code             survey                        GET     yes    yes      yes        yes        no      door
survey-code             survey?at=vicenza             GET     yes    yes      yes        none       no      door
survey-place            survey                        GET     post   post     no         no         no      door
survey-place            survey                        POST    done   done     no         no         no      door
survey-side             survey                        GET     post   post     no         no         no      door
survey-side             survey                        POST    done   done     no         no         no      door
survey-publication      survey                        GET     post   post     no         no         no      door
survey-publication      survey                        POST    done   done     no         no         no      door
survey-withdrawal       version                       GET     post   post     no         no         no      door
survey-withdrawal       version                       POST    done   done     no         no         no      door
survey-edit             survey                        GET     yes    yes      no         no         no      door
survey-edit             survey                        POST    clash  clash    no         no         no      door
survey-translations     survey                        GET     yes    yes      no         no         no      door
survey-translations     survey                        POST    form   form     no         no         no      door
survey-file             survey                        GET     yes    yes      no         no         no      door
survey-file             survey?as=xlsx                GET     yes    yes      no         no         no      door
survey-file             survey?as=csv                 GET     yes    yes      no         no         no      door
kept-questions          -                             GET     yes    yes      no         no         no      door
kept-question-name      kept                          GET     post   post     no         no         no      door
kept-question-name      kept                          POST    form   form     no         no         no      door
kept-question-removal   kept                          GET     post   post     no         no         no      door
kept-question-removal   kept                          POST    done   done     no         no         no      door
survey-bringing         survey                        GET     yes    yes      no         no         no      door
survey-bringing         survey                        POST    form   form     no         no         no      door
survey-preview          survey                        GET     yes    yes      yes        yes        no      door
listening-quality       -                             GET     yes    yes      yes        yes        yes     door
invitations             -                             GET     yes    yes      yes        yes        no      door
invitation-opened       forged                        GET     post   post     post       post       post    post
invitation-opened       forged                        POST    204    204      204        204        204     204
ask                     -                             GET     yes    yes      yes        yes        no      door
ask-way                 ?survey=survey                GET     yes    yes      yes        yes        no      door
ask-way                 ?survey=survey&at=vicenza     GET     yes    yes      yes        none       no      door
ask-way                 ?survey=survey&customer=customer  GET  yes   yes      yes        none       no      door
ask-way                 -                             POST    none   none     none       none       no      door
ask-code                ?survey=survey                GET     yes    yes      yes        yes        no      door
ask-code                ?survey=survey&i=token        GET     yes    yes      yes        none       no      door
ask-answer              ?survey=survey                GET     yes    yes      yes        yes        no      door
ask-answer              ?survey=survey&i=token        GET     yes    yes      yes        none       no      door
ask-answer              -                             POST    none   none     none       none       no      door
responses               -                             GET     yes    yes      yes        yes        yes     door
responses-file          -                             GET     yes    yes      yes        yes        yes     door
response                response                      GET     yes    yes      yes        none       yes     door
response-quotes         response                      GET     post   post     post       post       no      door
response-quotes         response                      POST    none   none     none       none       no      door
response-talk           response                      GET     post   post     post       post       no      door
response-talk           response                      POST    form   form     form       none       no      door
quotes                  -                             GET     yes    yes      yes        yes        yes     door
quote-removal           1                             POST    none   none     none       none       no      door
response-file           response                      GET     none   none     none       none       none    door

insights                -                             GET     yes    yes      yes        yes        yes     door
insights-rows           -                             GET     yes    yes      yes        yes        yes     door
insights-making         -                             GET     yes    yes      yes        yes        yes     door
insights-table          -                             GET     yes    yes      yes        yes        yes     door
explorer                -                             GET     yes    yes      yes        yes        yes     door
explorer-file           -                             GET     yes    yes      yes        yes        yes     door
saved-views             -                             GET     yes    yes      yes        yes        yes     door
saved-views             -                             POST    done   done     done       done       done    door
saved-view              kept_view                     GET     on     none     none       none       none    door
saved-view              shared_view                   GET     on     on       on         on         on      door
saved-view-change       shared_view                   GET     post   post     post       post       post    door
saved-view-change       shared_view                   POST    done   none     none       none       none    door
saved-view-delete       kept_view                     POST    done   none     none       none       none    door
saved-view-delete       shared_view                   GET     post   post     post       post       post    door
saved-view-delete       shared_view                   POST    done   none     none       none       none    door
saved-view-restore      shared_view                   GET     post   post     post       post       post    door
saved-view-restore      shared_view                   POST    done   none     none       none       none    door
comments                -                             GET     yes    yes      yes        yes        yes     door
comment-sides           -                             GET     yes    yes      yes        yes        yes     door
themes                  -                             GET     yes    yes      yes        yes        yes     door
company-aspects         -                             GET     yes    yes      no         no         no      door
company-aspects         -                             POST    form   form     no         no         no      door
company-aspect-end      company_aspect                GET     post   post     post       post       post    post
company-aspect-end      company_aspect                POST    done   done     no         no         no      door
theme-change            theme                         GET     post   post     post       post       post    post
theme-change            theme                         POST    done   done     no         no         no      door
comment-judgement       comment                       GET     post   post     post       post       post    post
comment-judgement       comment                       POST    form   form     form       none       no      door
coverage                -                             GET     yes    yes      yes        yes        yes     door
coverage-unasked        -                             GET     yes    yes      yes        yes        yes     door
readings                -                             GET     yes    yes      yes        yes        yes     door
drivers                 -                             GET     yes    yes      yes        yes        yes     door
servqual                -                             GET     yes    yes      yes        yes        yes     door
kano                    -                             GET     yes    yes      yes        yes        yes     door
delivery-gap            -                             GET     yes    yes      yes        yes        yes     door
competitors             -                             GET     yes    yes      yes        yes        yes     door
loyalty                 -                             GET     yes    yes      yes        yes        yes     door
reasons                 -                             GET     yes    yes      yes        yes        yes     door
work                    -                             GET     yes    yes      yes        yes        yes     door
fairness                -                             GET     yes    yes      yes        yes        yes     door
loyalty-rows            -                             GET     yes    yes      yes        yes        yes     door
peak-end                -                             GET     yes    yes      yes        yes        yes     door
reading-rows            -                             GET     yes    yes      yes        yes        yes     door
competitors             -                             POST    form   form     no         no         no      door
servqual-weights        -                             GET     post   post     no         no         no      door
servqual-weights        -                             POST    form   form     no         no         no      door
competitor-name         competitor                    GET     post   post     no         no         no      door
competitor-name         competitor                    POST    form   form     no         no         no      door
journey                 -                             GET     yes    yes      yes        yes        yes     door
touchpoint              touchpoint                    GET     yes    yes      yes        yes        yes     door

recovery                -                             GET     yes    yes      yes        yes        yes     door
recovered               -                             GET     yes    yes      yes        yes        yes     door
after-cases             -                             GET     yes    yes      yes        yes        yes     door
after-survey            -                             GET     post   post     no         no         no      door
after-survey            -                             POST    done   done     no         no         no      door
waiting                 -                             GET     yes    yes      yes        yes        yes     door
waiting                 ?by=owner                     GET     yes    yes      yes        yes        yes     door
waiting-file            csv                           GET     yes    yes      yes        yes        yes     door
mail-in                 -                             GET     yes    yes      yes        yes        no      door
mail-in                 -                             POST    form   form     form       form       no      door
mail-taking             held_mail                     GET     post   post     post       post       no      door
mail-taking             held_mail                     POST    done   done     done       none       no      door
case-new                -                             GET     yes    yes      yes        yes        no      door
case-new                ?customer=customer            GET     yes    yes      yes        none       no      door
case-new                -                             POST    form   form     form       form       no      door
case                    case                          GET     yes    yes      yes        none       yes     door
case-message            case                          GET     post   post     post       post       no      door
case-message            case                          POST    form   form     form       none       no      door
case-no-answer          case                          GET     post   post     post       post       no      door
case-no-answer          case+reason                   POST    done   done     done       none       no      door
case-file               case/file                     GET     yes    yes      yes        none       yes     door
case-assignment         case                          GET     post   post     post       post       no      door
case-assignment         case                          POST    form   form     form       none       no      door
case-call               case                          GET     post   post     post       post       no      door
case-call               case                          POST    form   form     form       none       no      door
case-margin             case                          GET     post   post     post       post       no      door
case-margin             case                          POST    form   form     form       none       no      door
case-beginning          case                          GET     post   post     post       post       no      door
case-beginning          case                          POST    form   form     form       none       no      door
case-mood               case                          GET     post   post     post       post       no      door
case-mood               case+mood                     POST    done   done     done       none       no      door
case-step               case/acknowledge              GET     post   post     post       post       no      door
case-step               case/acknowledge              POST    done   done     done       none       no      door
case-pause              case                          GET     post   post     post       post       no      door
case-pause              case                          POST    form   form     form       none       no      door
case-resumption         case                          GET     post   post     post       post       no      door
case-resumption         case                          POST    clash  clash    clash      none       no      door
case-joining            case                          GET     post   post     post       post       no      door
case-joining            case                          POST    form   form     form       none       no      door
case-splitting          case                          GET     post   post     post       post       no      door
case-splitting          case                          POST    clash  clash    clash      none       no      door
case-gesture            case                          GET     post   post     post       post       no      door
case-gesture            case                          POST    form   form     form       none       no      door
case-gesture-preview    case                          GET     yes    yes      yes        none       no      door
case-promise            case                          GET     post   post     post       post       no      door
case-promise            case                          POST    form   form     form       none       no      door
case-resolution         case                          GET     post   post     post       post       no      door
case-resolution         case                          POST    form   form     form       none       no      door
case-reopening          case                          GET     post   post     post       post       no      door
case-reopening          case                          POST    form   form     form       none       no      door
gesture-approval        request                       GET     post   post     post       post       no      door
gesture-approval        request                       POST    done   done     no         none       no      door
gesture-refusal         request                       GET     post   post     post       post       no      door
gesture-refusal         request+reason                POST    done   done     no         none       no      door
gesture-reversal        gesture                       GET     post   post     post       post       no      door
gesture-reversal        gesture                       POST    done   done     done       none       no      door
ledger                  -                             GET     yes    yes      yes        yes        yes     door
ledger-file             csv                           GET     yes    yes      yes        yes        yes     door
remedies                -                             GET     yes    yes      no         no         no      door
remedies                -                             POST    form   form     no         no         no      door
remedy                  remedy                        GET     post   post     no         no         no      door
remedy                  remedy                        POST    form   form     no         no         no      door
rules                   -                             GET     yes    yes      no         no         no      door
rules                   -                             POST    post   post     no         no         no      door
rule-new                words                         GET     yes    yes      no         no         no      door
rule-new                mark                          POST    form   form     no         no         no      door
rule                    rule                          GET     yes    yes      no         no         no      door
rule                    rule                          POST    form   form     no         no         no      door
rule-hold               hold                          GET     post   post     no         no         no      door
rule-hold               hold                          POST    done   done     no         no         no      door
vague                   -                             GET     yes    yes      no         no         no      door
vague                   -                             POST    form   form     no         no         no      door
vague-removal           phrase                        GET     post   post     no         no         no      door
vague-removal           phrase                        POST    done   done     no         no         no      door
vague-switch            soon                          GET     post   post     no         no         no      door
vague-switch            soon                          POST    done   done     no         no         no      door
bulletins               -                             GET     yes    yes      yes        yes        yes     door
bulletin                bulletin                      GET     yes    yes      yes        none       yes     door
bulletin-new            -                             GET     yes    yes      no         no         no      door
bulletin-new            -                             POST    form   form     no         no         no      door
bulletin-reading        bulletin                      GET     post   post     post       post       post    door
bulletin-reading        bulletin                      POST    done   done     done       none       done    door
bulletin-withdrawal     bulletin                      GET     post   post     no         no         no      door
bulletin-withdrawal     bulletin                      POST    done   done     no         no         no      door
reply-reviews           -                             GET     yes    yes      yes        yes        no      door
reply-review-new        case/reply                    GET     on     yes      no         no         no      door
reply-review-new        case/reply                    POST    form   form     no         no         no      door
reply-review            reply_review                  GET     yes    none     yes        none       no      door
reply-review-answer     reply_review                  GET     post   post     post       post       no      door
reply-review-answer     reply_review                  POST    none   none     form       none       no      door
reply-review-closing    reply_review                  GET     post   post     post       post       no      door
reply-review-closing    reply_review                  POST    form   none     none       none       no      door
progress                case_token                    GET     yes    yes      yes        yes        yes     yes
progress                case_token                    POST    post   post     post       post       post    post
progress-message        case_token                    GET     post   post     post       post       post    post
progress-message        case_token                    POST    form   form     form       form       form    form
progress-file           case_token/file               GET     yes    yes      yes        yes        yes     yes
ideas                   -                             GET     yes    yes      yes        yes        yes     yes
idea                    idea                          GET     yes    yes      yes        yes        yes     yes
idea-vote               idea                          GET     post   post     post       post       post    post
idea-vote               idea                          POST    done   done     done       done       done    done
idea-comment            idea                          GET     post   post     post       post       post    post
idea-comment            idea                          POST    form   form     form       form       form    form
idea-new                -                             GET     yes    yes      yes        yes        yes     yes
idea-new                -                             POST    form   form     form       form       form    form
idea-mine               forged                        GET     none   none     none       none       none    none
panel-own               panel_token                   GET     yes    yes      yes        yes        yes     yes
panel-own               panel_token                   POST    done   done     done       done       done    done
panel-own               forged                        GET     none   none     none       none       none    none
panel-leaving           panel_token                   GET     yes    yes      yes        yes        yes     yes
panel-leaving           forged                        POST    none   none     none       none       none    none
stories                 -                             GET     yes    yes      yes        yes        yes     door
stories-file            -                             GET     yes    yes      yes        yes        yes     door
story-new               -                             GET     yes    yes      yes        yes        no      door
story-new               ?customer=customer            GET     yes    yes      yes        none       no      door
story-new               -                             POST    form   form     form       form       no      door
story                   story                         GET     yes    yes      yes        none       yes     door
story-consent           story                         GET     post   post     post       post       no      door
story-consent           story                         POST    form   form     form       none       no      door
story-withdrawal        story                         GET     post   post     post       post       no      door
story-withdrawal        story                         POST    done   done     done       none       no      door
story-pictures          story                         GET     post   post     post       post       no      door
story-pictures          story                         POST    form   form     form       none       no      door
story-picture           story/story_picture           GET     yes    yes      yes        none       yes     door
story-picture-removal   story/story_picture           GET     post   post     post       post       no      door
story-picture-removal   story/story_picture           POST    done   done     done       none       no      door
story-own               forged                        GET     none   none     none       none       none    none
story-own-picture       forged/story_picture          GET     none   none     none       none       none    none
idea-desk               -                             GET     yes    yes      yes        yes        no      door
panel                   -                             GET     yes    yes      yes        yes        no      door
panel-file              -                             GET     yes    yes      yes        yes        no      door
panel-invite            -                             GET     yes    yes      no         no         no      door
panel-invite            -                             POST    form   form     no         no         no      door
board-opening           -                             GET     post   post     no         no         no      door
board-opening           -                             POST    done   done     no         no         no      door
panel-member            member                        GET     post   post     no         no         no      door
panel-member            member                        POST    done   done     no         no         no      door
idea-handling           idea                          GET     yes    yes      no         no         no      door
idea-handling           idea                          POST    form   form     no         no         no      door
idea-merging            idea                          GET     post   post     no         no         no      door
idea-merging            idea                          POST    form   form     no         no         no      door
idea-answer             idea                          GET     post   post     no         no         no      door
idea-answer             idea                          POST    form   form     no         no         no      door
idea-comment-look       idea_comment                   GET     post   post     no         no         no      door
idea-comment-look       idea_comment                   POST    done   done     no         no         no      door
tell                    -                             GET     yes    yes      yes        yes        yes     yes
tell                    -                             POST    form   form     form       form       form    form
tell-person             forged                        GET     none   none     none       none       none    none
tell-person             forged                        POST    none   none     none       none       none    none
tell-thanks             praise                        GET     yes    yes      yes        yes        yes     yes
open-page               -                             GET     yes    yes      yes        yes        yes     door
open-page-sheet         tent                          GET     yes    yes      yes        yes        no      door
rule-switch             rule                          GET     post   post     no         no         no      door
rule-switch             rule                          POST    done   done     no         no         no      door
deadline                normal                        GET     post   post     no         no         no      door
deadline                normal                        POST    form   form     no         no         no      door
cards                   -                             GET     yes    yes      yes        yes        yes     door
card                    card                          GET     yes    yes      yes        yes        yes     door
card-new                -                             GET     yes    yes      no         no         no      door
card-new                -                             POST    form   form     no         no         no      door
card-edit               card                          GET     yes    yes      no         no         no      door
card-edit               card                          POST    form   form     no         no         no      door
card-retiring           card                          GET     post   post     no         no         no      door
card-retiring           card                          POST    done   done     no         no         no      door
card-review             card                          GET     post   post     no         no         no      door
card-review             card                          POST    done   done     no         no         no      door
card-reading            card                          GET     post   post     post       post       post    door
card-reading            card                          POST    done   done     done       done       done    door
card-use                card                          GET     post   post     post       post       no      door
card-use                card+case                     POST    done   done     done       none       no      door

promises                -                             GET     yes    yes      yes        yes        yes     door
promises                ?customer=customer            GET     yes    yes      yes        none       yes     door
promise                 promise                       GET     yes    yes      yes        none       yes     door
promise-new             -                             GET     yes    yes      yes        yes        no      door
promise-new             ?customer=customer            GET     yes    yes      yes        none       no      door
promise-new             -                             POST    form   form     form       form       no      door
promise-keeping         promise                       GET     post   post     post       post       no      door
promise-keeping         promise                       POST    done   done     done       none       no      door
promise-breaking        promise                       GET     post   post     post       post       no      door
promise-breaking        promise                       POST    form   form     form       none       no      door
promise-calling-off     promise                       GET     post   post     post       post       no      door
promise-calling-off     promise                       POST    done   done     done       none       no      door

targets                 -                             GET     yes    yes      yes        yes        yes     door
target-new              -                             GET     yes    yes      no         no         no      door
target-new              -                             POST    form   form     no         no         no      door
target                  target                        GET     yes    yes      yes        none       yes     door
defects                 -                             GET     yes    yes      yes        yes        yes     door
defect-new              -                             GET     yes    yes      yes        yes        yes     door
defect-new              -                             POST    form   form     form       form       form    door
defect                  defect                        GET     yes    yes      yes        none       yes     door
defect-report           defect                        GET     post   post     post       post       post    door
defect-report           defect                        POST    done   done     done       none       done    door
defect-answer           defect                        GET     post   post     no         no         no      door
defect-answer           defect                        POST    form   form     no         no         no      door
improvement             -                             GET     yes    yes      yes        yes        yes     door
cause                   cause                         GET     yes    yes      yes        yes        yes     door
cause-new               -                             GET     yes    yes      no         no         no      door
cause-new               -                             POST    form   form     no         no         no      door
case-cause              case                          GET     post   post     no         no         no      door
case-cause              case                          POST    form   form     no         no         no      door
action                  action                        GET     yes    yes      yes        none       yes     door
action-new              -                             GET     yes    yes      no         no         no      door
action-new              -                             POST    form   form     no         no         no      door
action-completion       action                        GET     post   post     no         no         no      door
action-completion       action                        POST    form   form     no         no         no      door
action-telling          action                        GET     yes    yes      no         no         no      door
action-telling          action                        POST    form   form     no         no         no      door
action-abandonment      action                        GET     post   post     no         no         no      door
action-abandonment      action                        POST    form   form     no         no         no      door
check-run               check                         GET     post   post     no         no         no      door
check-run               check                         POST    done   done     no         no         no      door

team                    -                             GET     yes    yes      yes        yes        yes     door
person                  somebody                      GET     yes    no       no         no         no      door
person                  somebody                      POST    form   no       no         no         no      door
person-new              -                             GET     yes    no       no         no         no      door
person-new              -                             POST    form   no       no         no         no      door
person-leaving          somebody                      GET     post   no       no         no         no      door
person-leaving          somebody                      POST    done   no       no         no         no      door
person-rota             somebody                      GET     post   no       no         no         no      door
person-rota             somebody                      POST    done   no       no         no         no      door
person-limit            somebody                      GET     post   no       no         no         no      door
person-limit            somebody                      POST    done   no       no         no         no      door
limits                  -                             GET     yes    no       no         no         no      door
limits                  -                             POST    none   no       no         no         no      door
limit-acknowledgement   -                             GET     post   post     post       post       no      door
limit-acknowledgement   -                             POST    done   done     done       done       no      door

reports                 -                             GET     yes    yes      yes        yes        yes     door
import-rejected         brought                       GET     yes    yes      no         no         no      door

importing               -                             GET     yes    yes      no         no         no      door
importing               -                             POST    form   form     no         no         no      door
import                  brought                       GET     yes    yes      no         no         no      door
import-progress         brought                       GET     yes    yes      no         no         no      door
import-report           brought                       GET     yes    yes      no         no         no      door
import-undoing          brought                       GET     post   post     no         no         no      door
import-undoing          brought                       POST    done   done     no         no         no      door
survey-structure        survey                        GET     yes    yes      yes        yes        no      door
reviews                 -                             GET     yes    yes      no         no         no      door
review-new              -                             GET     yes    yes      no         no         no      door
review-new              -                             POST    form   form     no         no         no      door
review-reply            review                        GET     yes    yes      no         no         no      door
review-reply            review                        POST    form   form     no         no         no      door
import-removal          brought                       GET     post   post     no         no         no      door
import-removal          brought                       POST    done   done     no         no         no      door

company                 -                             GET     yes    no       no         no         no      door
company                 -                             POST    form   no       no         no         no      door
company-hours           -                             GET     post   no       no         no         no      door
company-hours           -                             POST    done   no       no         no         no      door
location                here                          GET     yes    no       no         no         no      door
location                here                          POST    form   no       no         no         no      door
location-new            -                             GET     post   no       no         no         no      door
location-new            -                             POST    form   no       no         no         no      door
location-hours          here                          GET     post   no       no         no         no      door
location-hours          here                          POST    done   no       no         no         no      door
location-closing        here                          GET     post   no       no         no         no      door
location-closing        here                          POST    done   no       no         no         no      door
closed-day-new          -                             GET     post   no       no         no         no      door
closed-day-new          -                             POST    form   no       no         no         no      door
closed-day-removal      closed_day                    GET     post   no       no         no         no      door
closed-day-removal      closed_day                    POST    done   no       no         no         no      door
"""

# Signing in and out is the library's; that nobody signs up from outside and that the pages of one's own account ask
# who one is, is ours to see
ACCOUNT = """
account_login                         -  GET  on   on   on   on   on   yes
account_signup                        -  GET  on   on   on   on   on   yes
account_logout                        -  GET  yes  yes  yes  yes  yes  on
account_inactive                      -  GET  yes  yes  yes  yes  yes  yes
account_reset_password                -  GET  yes  yes  yes  yes  yes  yes
account_reset_password_done           -  GET  yes  yes  yes  yes  yes  yes
account_reset_password_from_key_done  -  GET  yes  yes  yes  yes  yes  yes
account_change_password               -  GET  yes  yes  yes  yes  yes  door
mfa_index                             -  GET  yes  yes  yes  yes  yes  door
"""
LIBRARY = {
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_set_password",
    "account_confirm_login_code",
    "account_confirm_email",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}

WORDS = {
    200: "yes",
    302: "on",
    400: "form",
    403: "no",
    404: "none",
    405: "post",
    409: "clash",
    422: "form",
    503: "ill",
}


def rows() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Address, object, method, and what happens to each persona."""
    lines = [line.split() for line in (TABLE + ACCOUNT).splitlines() if line.strip()][1:]
    return [(name, thing, method, tuple(outcomes)) for name, thing, method, *outcomes in lines]


def names(resolver: URLResolver | None = None) -> set[str]:
    """Every name that an address has."""
    found = set()
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            found.add(part.name or str(part.pattern))
        else:
            found |= names(part)
    return found


def test_every_address_has_a_row():
    written = {row[0] for row in rows()} | LIBRARY
    assert names() - written == set(), "an address without a row"
    assert written - names() == set(), "a row without an address"


def test_the_table_is_whole():
    for name, _thing, method, outcomes in rows():
        assert len(outcomes) == len(PERSONAS), name
        assert method in {"GET", "POST"}, name


def address_of(world, name: str, thing: str) -> str:
    """``case`` is the case's id in the path, ``case/kind`` two of them, ``?survey=survey`` in the query.

    Other words are themselves.
    """
    path, _, query = thing.partition("?")
    kept = path.split("+")[0].strip("-")
    found = reverse(name, args=[value_of(world, part) for part in kept.split("/")] if kept else [])
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return found + ("?" + "&".join(f"{key}={value_of(world, word)}" for key, _, word in pairs) if query else "")


def value_of(world, word: str) -> str:
    if word == "case_token":
        return world.case.token
    if word == "token":
        return world.open_invitation.token
    if word == "panel_token":
        return panel_token(world.member)
    return str(getattr(world, word).pk) if hasattr(world, word) else word


def posted(world, thing: str) -> dict[str, str]:
    """A form with nothing that is asked for; ``card+case`` posts the case's id besides."""
    return {"something": "else"} | {word: value_of(world, word) for word in re.findall(r"\+(\w+)", thing)}


def outcome(response, method: str) -> str:
    if response.status_code == 302 and response.url.startswith("/account/login/"):
        return "door"
    if method == "POST" and response.status_code == 302:
        return "done"
    if method == "POST" and response.status_code == 200:
        return "form"
    return WORDS.get(response.status_code, str(response.status_code))


SECRETS = ("Rossi Costruzioni", "La betoniera era sporca", "Controllo firmato", "Richiamare dopo la consegna")


def test_every_door(subtests, world, people, client_of, client, undone, absences, unrendered):
    """Who may come in sees a whole page: each persona is shown other parts of the same templates.

    No page tells elsewhere what belongs to Vicenza: lists, figures, files and fields that offer names.
    """
    clients = {name: client_of(person) if person else client for name, person in people.items()}
    shown_here = set()
    for name, thing, method, outcomes in rows():
        address = address_of(world, name, thing)
        for persona, expected in zip(PERSONAS, outcomes, strict=True):
            with subtests.test(address=name, object=thing, method=method, persona=persona), undone():
                before = Event.objects.count()
                # Whole pages of the owner's are read in test_every_page; a refusal and the way from an address that
                # only takes posts are one page each, the same for all
                is_read = persona != "owner" and expected not in {"no", "none", "post", "door"}
                is_read |= persona == "elsewhere" and method == "GET"
                with nullcontext() if is_read else unrendered():
                    browser = clients[persona]
                    response = browser.get(address) if method == "GET" else browser.post(address, posted(world, thing))
                assert outcome(response, method) == expected
                if expected in {"no", "none", "door", "post", "form", "clash"}:
                    assert Event.objects.count() == before, "something was written all the same"
                absent, absences[:] = sorted(set(absences)), []
                assert absent == []
                told = {secret for secret in SECRETS if secret in content_of(response)} if method == "GET" else set()
                if persona == "elsewhere" and not name.startswith(
                    "progress"
                ):  # whoever has a case's token: its customer
                    assert told == set()
                if persona == "colleague":
                    shown_here |= told
    assert shown_here == set(SECRETS), "the test no longer looks where these are shown"


def content_of(response) -> str:
    return response.content.decode(errors="replace") if not response.streaming else ""


@pytest.fixture
def unrendered(monkeypatch):
    """``with unrendered():`` pages are empty: the views decide, the templates do not write."""

    @contextmanager
    def empty():
        with monkeypatch.context() as patch:
            patch.setattr(Template, "render", lambda *_args, **_options: "")
            yield

    return empty


@pytest.fixture
def undone():
    """``with undone():`` whatever is written inside is taken back."""

    @contextmanager
    def take_back():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return take_back


@pytest.mark.parametrize(
    "name",
    [
        "customer",
        "programme",
        "survey",
        "case",
        "promise",
        "cause",
        "action",
        "card",
        "touchpoint",
        "person",
        "location",
    ],
)
def test_what_does_not_exist_is_not_found(founded, client_of, name):
    assert client_of(founded.owner).get(reverse(name, args=[999_999])).status_code == 404
