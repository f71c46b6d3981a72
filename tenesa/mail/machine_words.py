"""What machines call themselves and what they say, in many languages: senders, subjects and first words."""

from __future__ import annotations

import re

from tenesa.mail.wording import any_of

# --- senders: local parts, and the names of those that have no address ------------------------------------------------
NEVER_A_PERSON = any_of(
    *("mailer[-_. ]?daemon", "mail[-_. ]?daemon", "mdaemon", "mail[-_. ]?deliver(?:y|)[-_. ]?(?:sub)?system"),
    *(r"microsoftexchange[0-9a-f]{32}(?:@|$)", "courier mail server"),
    before=r"\W{0,3}",
)
DAEMON = any_of(
    *("post[-_. ]?master", "mail[-_. ]?delivery", r"bounces?(?:[-+_.=@]|$)", "list(?:serv|master)", "majordomo"),
    *(r"mailman(?:[-_.]|$)", r"(?:fbl|feedback-?loop|arf|scomp)$"),
)
LIST_MANAGER = re.compile(r"[\w.+]{1,60}-(?:bounces?|owner|return)(?:[-+=].{0,99})?$|owner-", re.IGNORECASE)
# No evidence, an administrator is a person as often as a server: with its words it is at least not answered.
LIKE_A_SERVER = any_of(
    *("mail[-_. ]?admin", "(?:e-?mail |mail )?system administrator$", "smtp[-_.]", "mta[-_.]?admin", "mail delivery"),
    *("(?:e-?mail|mail) (?:server|gateway|system)", "post[-_. ]?master", "mailer[-_. ]?daemon"),
    before=r"\W{0,3}",
)

# --- a mail that came back --------------------------------------------------------------------------------------------
BOUNCE_SUBJECT = any_of(
    *("undeliver", "delivery (?:status )?(?:notification|failure|failed|problem|report|error)", "failure notice"),
    *("failure delivery", "notice: mail delivery status", "warning: delayed mail", "^delivery status$"),
    "mail delivery (?:failed|failure|system|error|subsystem|warning|problem)",
    *("failed mail", "mail failed", "returned (?:mail|to sender)", "^returned post for ", "could not be delivered"),
    *("non[- ]delivery", "nondeliverable", "failed delivery", "mail (?:system )?error", r"^\[bounce\]"),
    r"(?:message|mail) (?:could )?not (?:be )?(?:delivered|sent)|message delivery has failed",
    "error sending your (?:e-?mail|mail|message)",
    r"(?:gagal|tidak (?:dapat|bisa|berhasil)) (?:di)?(?:kirim|terkirim|disampaikan)",
    *("pengiriman (?:gagal|tertunda)", "tidak terkirim", "surat (?:di)?kembali"),
    *("unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "zustellfehler"),
    *("non[- ]?remis", "échec de (?:la )?(?:remise|distribution)", "non (?:distribu|délivr)", "impossible d'envoyer"),
    *("no se puede entregar", "no (?:se pudo|pudo ser) entrega", "no entregado", "entrega fallida"),
    *("n[ãa]o (?:foi poss[íi]vel entregar|é possível entregar|entregue)", "falha na entrega"),
    *("non recapitabile", "recapito non riuscito", "mancat[ao] (?:recapito|consegna)", "consegna fallita"),
    *("onbestelbaar", "niet (?:bezorgd|afgeleverd)", r"не\s?доставлен", "недоставл", "ошибка доставки"),
    *("nie można dostarczyć", "niedostarcz", "nie dostarczono", "zwrot poczty"),
    *("teslim (?:edilemedi|edilemez)", "iletilemedi", "gönderilemedi", "nedoručiteln", "nem kézbesíthető"),
    *("olevererbar", "går inte att leverera", "kan ikke (?:leveres|afleveres)", "ikke leveret", "toimittamaton"),
    *("nu a fost livrat", "không (?:gửi|chuyển) được", "배달되지 않음", "배달 실패", "전송 실패", "반송"),
    *("(?:配信|配送|送信)(?:不能|エラー|失敗|でき|に失敗)", "宛先不明", "エラーメール", "届け(?:ることが)?でき"),
    *("退信", "退回", "(?:無法|无法)(?:傳遞|投遞|送達|传递|投递|送达)", "未(?:送达|送達|傳遞|传递|能送达)"),
    "(?:传输|投递|發送|发送)失[败敗]",
)
UNDELIVERED = any_of(
    *(r"(?:could|can) ?(?:not|n.t) (?:be )?deliver(?:ed)?", "permanent (?:fatal )?(?:delivery )?error"),
    *("undeliverable", "user unknown", "unknown user", "no such (?:user|address|mailbox|recipient)"),
    *("unable to (?:be )?deliver", "failed recipients?", r"del[ei]very .{0,60}(?:failed|aborted|has failed)"),
    *("not (?:be |been )?delivered", "did not reach the following", "trouble delivering", "automatically rejected"),
    *("(?:mailbox|quota) (?:is )?(?:unavailable|full|exceeded)", "being returned", "has been returned"),
    *("returned to (?:the )?sender", "returning (?:your )?(?:message|mail)", "problems? delivering"),
    *("n.t able to deliver", "n.t be found", "address(?:es)? (?:was |were )?(?:not found|rejected)"),
    *("tidak dapat (?:dikirim|disampaikan)", "gagal (?:dikirim|terkirim|disampaikan)", "pengiriman gagal"),
    *("nicht zugestellt", "pas pu être (?:remis|transmis|distribu|délivr)", "no se (?:pudo|ha podido|puede) entregar"),
    *("não (?:pôde ser|foi possível) entreg", "non è stato possibile (?:recapitare|consegnare)"),
    *("niet (?:worden )?(?:bezorgd|afgeleverd)", "не (?:было |удалось |может быть )?достав"),
    *("nie (?:mogła zostać|została|udało się|można) d(?:ostarcz|oręcz)", "teslim edilemedi", "iletilemedi"),
    *(
        "(?:配信|配送|送信|お届け)(?:が|は|することが|に)?(?:できま|できなか|不能|失敗)",
        "宛先.{0,20}(?:不明|存在し|見つか)",
    ),
    *("(?:無法|无法)(?:送達|投遞|傳送|傳遞|送达|投递|发送|传递)", "(?:未能|没有)送达", "(?:用户|地址)不存在", "被退回"),
    *("(?:전달|배달|전송)(?:되지|하지|할 수)", "không (?:thể )?(?:gửi|chuyển)"),
)
LIST_REFUSES = any_of(
    *("request to mailing list .{0,80} rejected", "^rejected (?:article|posting)", "^not member article from"),
    *("^reject(?:ed)? mail", "^returned post for ", "non-?(?:member|subscriber) (?:submission|post|message|article)"),
    *("(?:posting|post|message) to .{0,80} (?:was |has been )?(?:rejected|refused)", "^majordomo results: "),
    "not (?:allowed|authori[sz]ed|permitted) to (?:post|send|mail)",
)
LIST_HOLDS = any_of("^your message to .{0,80} awaits moderator approval", "^(?:confirm post|moderate for) ")
ABUSE = any_of(
    *("complaint about (?:a )?(?:message|mail|e-?mail)", "(?:spam|mail) (?:abuse|complaint|feedback) (?:report|notif)"),
    *("feedback[- ]loop (?:report|notif|complaint)", r"^\[?(?:abuse|spam) (?:report|complaint)"),
    *("this is an? (?:e-?mail )?(?:abuse|spam) report", "e-?mail feedback report for ip"),
)

# --- an automatic reply -----------------------------------------------------------------------------------------------
_REPLIES = (
    "auto(?:mat(?:ic|ed|is|ische|isch|isk))?[- ]?(?:reply|response|responder|antwort|antwoord|svar|balas(?:an)?)",
    *("(?:balas(?:an)?|jawaban|respons?) otomatis", "(?:automatic|auto) ?: ?re:", "autoresponse", "autorespuesta"),
    *("réponse automatique", "respuesta automática", "resposta automática", "risposta automatica", "autosvar"),
    *("odpowiedź automatyczna", "автоматический ответ", "автоответ", "otomatik yanıt", "automatická odpověď"),
    *("自動(?:返信|応答|回覆|回复)", "自动(?:回复|答复|回覆)", "자동 ?(?:응답|회신|답장)", "trả lời tự động"),
    r"(?:.{0,60}\b(?:is|am|are|will be) )?out of (?:the )?office(?: auto-?reply| reply)?",
    *("ooo", "vacation (?:reply|response|message|notice)", "abwesenheitsnotiz"),
    *("absence du bureau", "fuera de (?:la )?oficina", "fuori sede", "afwezig", "休暇中?のお知らせ", "不在通知"),
    *(r"(?:sedang )?(?:di luar|tidak (?:berada )?di) kantor", "sedang (?:cuti|dinas luar)", "pemberitahuan cuti"),
)
_AWAY = ("(?:on )?vacation", "away from", "abwesen", "on leave", r"cuti(?!\w| bersama)", "dinas luar")
AUTO_SUBJECT = any_of(
    *_REPLIES, before=r"^\W{0,3}", after=r"(?=\s*(?:$|[::;,!.|\[(–—-])| (?:re|until|sampai|from|mulai)\b)"
)
AUTO_SUBJECT_LOOSELY = any_of(*_REPLIES, *_AWAY, before=r"^\W{0,3}(?:(?:re|bls)\s*[:\uff1a]\s*)?", after=r"(?!\w)")
AUTO_TEXT = any_of(
    *("this is an? auto(?:matic|mated|-)? ?(?:reply|response)", "(?:currently |am )out of (?:the |my )?office"),
    *(
        r"\b(?:ini|berikut) (?:adalah )?(?:balasan|jawaban) otomatis",
        "saya (?:sedang )?(?:cuti|tidak (?:berada )?di (?:kantor|tempat))",
    ),
    *(
        "i (?:am|will be) (?:currently )?(?:on (?:annual |maternity )?leave|on vacation|away from)",
        "自動返信|自动回复|자동 ?응답",
    ),
)

# --- people -----------------------------------------------------------------------------------------------------------
ANSWER = re.compile(r"\s{0,3}(?:re|fw|fwd|bls|balas|trs|aw|wg)\s?(?:\[\d{1,3}\])?\s?[:\uff1a]", re.IGNORECASE)
FORWARDED = re.compile(r"\s{0,3}(?:fw|fwd|trs|wg|terusan)\s?[:\uff1a]", re.IGNORECASE)
GREETING = any_of(
    *("dear", "hi", "hello", "halo", "hai", "yth", "kepada", "selamat", "dengan hormat", "assalamu", "salam", "mohon"),
    *("bapak", "ibu", "pak", "bu", "tolong", "min", "admin", "saya", "kami"),
    before=r"\s{0,5}",
    after=r"\b",
)
# A server speaks of "your message"; whoever speaks of his own, and asks for something, complains about one.
OWN_VOICE = any_of(
    *("kami", "saya", "kita", "mohon", "tolong", "dimohon", "minta", "please (?:help|fix|assist|advise|investigate)"),
    "(?:my|our) (?:e-?mails?|office|customers?|staff|users?|internet|connection|line|company|hosting|domain|account)",
    before=r"\b",
    after=r"\b",
)
RECEIPT_SUBJECT = re.compile(
    r"^(?:read|dibaca|return receipt|tanda terima baca|delivered|terkirim|laporan baca)\s*[:\uff1a]", re.IGNORECASE
)
