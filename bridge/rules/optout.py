"""STOP, START and HELP in people's own words: what an incoming text asks for; pure. What is done about it,
bridge/handlers/incoming says.

Three levels. The whole message is a keyword: it counts. A short message that begins with a strong word, or that asks not to
be written to: it counts. A longer one with such a word in it ("cancel my appointment", "I'll stop by at 5"): people look.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum


class Intent(Enum):
    """What a text asks for. ASK: it may be an opt-out; nothing automatic goes out until somebody has looked."""

    NOTHING = "nothing"
    STOP = "stop"
    START = "start"
    HELP = "help"
    ASK = "ask"


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


# All as `normal` leaves them: small, without accents and punctuation. English, Spanish, French, German, Italian,
# Portuguese, Dutch, Polish, and what their neighbours write.
STRONG = _words(
    "stop, stopp, stopall, stop all, unsubscribe, unsubcribe, unsuscribe, optout, opt out, revoke, arret, "
    "arreter, arretez, "
    "desabonner, desabonnement, desinscrire, desinscription, abmelden, abmeldung, abbestellen, austragen, parar, "
    "pare, parad, "
    "no mas, disiscrivi, disiscrivimi, disiscrizione, cancellami, remover, descadastrar, sair, afmelden, stoppen, "
    "uitschrijven, "
    "rezygnuje, wypisz, wypisz mnie, stopujcie, afmeld, lopeta, odhlasit, avslutt, dejen de escribir, iptal"
)
# Only as the whole message: they are ordinary words.
ALONE = _words(
    "end, quit, cancel, remove, td, stp, sto p, alto, baja, darme de baja, cancelar, detener, fin, annuler, ende, "
    "aufhoren, "
    "kundigen, losche mich, annulla, basta, cancella, smetti, cancele, pare de enviar, genoeg, stop ermee, "
    "koniec, dosc, ret, "
    "avsluta, remove me, no, no thanks stop, s t o p, stop it, opt me out, stop please, please stop"
) - {"no"}
START = _words(
    "start, unstop, opt in, optin, resubscribe, subscribe, restart, resume, anmelden, wieder anmelden, alta, "
    "iniciar, reanudar, "
    "reprendre, reactiver, abonner, attiva, iscrivi, iscrivimi, riattiva, reativar, voltar, aanmelden, hervatten, "
    "zapisz, "
    "wznow, start again, unblock"
)
HELP = _words(
    "help, info, aide, ayuda, hilfe, aiuto, ajuda, hulp, pomoc, help me, hlp, informacion, informazioni"
)

# Requests not to be written to, at the start of a short message.
REQUESTS = tuple(
    re.compile(pattern)
    for pattern in (
        # English
        r"(i )?(do not|dont|don t|never|no longer|stop|quit|cease)( ever| want you to| you)? (text|texting|texts|"
        r"messag|contact|sms|writ"
        r"|bother|spam|send(ing)?( me| us)?$|send(ing)? (me|us|any|more|these|this|text|messag|sms))",
        r"(i )?(do not|dont|don t) (want|need|intent)( to (get|receive)| any| more| your| these)* (text|messag|sms)",
        r"no more (text|messag|sms|of th)",
        r"((remove|delete) (me|my (number|phone|mobile|cell|name))|(take|get) (me|my (number|name)) (off|out|from))\b"
        r"(?!.*\b(appointment|table|order|booking))",
        r"(leave me alone|go away|lose my number|unsubscribe me|opt me out|fuck off|piss off)",
        # Spanish
        r"no (me )?(escriba|escribas|escriban|mande|mandes|manden|envie|envies|envien|contacte|contacten|moleste|"
        r"molestes)",
        r"(no quiero|no deseo) (recibir )?(mas )?(mensajes|sms|textos)",
        r"(deje|dejen|deja) de (escribir|enviar|mandar|molestar)|no mas (mensajes|sms)|(quiero )?dar(me|"
        r"se) de baja|borr(e|en|a) mi numero",
        # French
        r"ne (m|me) ?(ecri|envoy|contact|derang)\w* (plus|pas)|plus de (sms|message|texto)|(arretez|arrete|"
        r"arreter|cessez) de (m|me) ?\w+",
        r"(je )?(ne )?(veux|souhaite) plus (recevoir|de (sms|message))|(retirez|supprimez|enlevez) (moi|"
        r"mon numero)|laissez moi tranquille",
        # German
        r"(bitte )?(keine|keinerlei) (sms|nachricht|text|werbung|weiter)\w*|(schreib|schreiben|schreibt|sms|"
        r"kontaktier)\w* (sie )?(mir|mich) nicht",
        r"nicht mehr (schreiben|anschreiben|kontaktieren|senden)|lass(en|t)? (sie )?mich in ruhe|(losch|entfern|"
        r"streich)\w* (sie )?(mich|meine nummer)",
        r"(hor|hort|horen)\w* (sie )?auf|(ich )?(mochte|will) keine",
        # Italian
        r"non (mi )?(scriv|invi|mand|contatt|disturb)\w*|(basta|niente piu|no) (sms|messagg)\w*|"
        r"non voglio (piu )?(ricevere|messaggi|sms)",
        r"(toglietemi|toglimi|rimuovi|cancellate|cancella) (mi|il mio numero|dalla)?|lasciatemi in pace|smett\w+ di",
        # Portuguese
        r"nao (me )?(escrev|envi|mand|contat|contact|incomod)\w*|(pare|parem|para|chega) de\b|nao quero (mais |"
        r"receber )+|me (remova|tire|exclua)",
        # Dutch
        r"(geen|nooit meer) (sms|bericht|tekst)\w*|(niet|stop met) (meer )?(sms|app|bericht|stur|contact)\w*|"
        r"(stuur|sms|app|bericht) (me|mij) niet",
        r"(verwijder|haal|schrijf) (me|mij|mijn nummer)|laat (me|mij) met rust|ik wil geen",
        # Polish
        r"(prosze )?nie (pisz|piszcie|wysylaj|wysylajcie|pisac|wysylac|kontaktuj)\w*|(zadnych|bez) (sms|"
        r"wiadomosci)\w*|przestan\w*|usun\w* (mnie|moj numer)",
        r"nie chce (wiecej |juz |otrzymywac )*(sms|wiadomosci)?",
    )
)
# A request may be so long; a longer one has conditions that people should read.
REQUEST_WORDS, STRONG_WORDS = 10, 5
# "Stop by at 5": somebody comes.
COMING = re.compile(r"stopp?(ing)? (by|in|over|off|round|around|past|at the (shop|store))\b")

# Words that in a longer text may mean an opt-out, and mostly do not.
WEAK = re.compile(
    r"\b(stopp?|stops|stopped|stopping|stoppen|unsubscri\w+|opt(ed)? ?out|cancel\w*|quit|end|revoke|arret\w*|"
    r"annul\w*|desabon\w*|desinscr\w*|"
    r"abmeld\w*|abbestell\w*|aufhor\w*|kundig\w*|parar|baja|alto|disiscri\w*|basta|smett\w+|cancella\w*|sair|"
    r"descadastr\w*|afmeld\w*|"
    r"uitschrij\w*|rezygnu\w*|wypis\w*|do not (text|message|contact)|don t (text|message|contact)|dont (text|"
    r"message|contact))\b"
)

POLITE = re.compile(
    r"^(?:please|pls|plz|kindly|ok|okay|hi|hello|hey|hiya|thanks|thank you|thx|cheers|sorry|well|so|and|just|yes|"
    r"nope|no thanks|no thank you|can you|could you|"
    r"would you|will you|i said|omg|bitte|hallo|danke|nein|por favor|hola|gracias|s il vous plait|s il te plait|"
    r"svp|stp|bonjour|merci|non merci|"
    r"per favore|per piacere|ciao|grazie|salve|oi|ola|obrigado|obrigada|alsjeblieft|alstublieft|aub|hoi|"
    r"nee dank je|nee bedankt|dank u|prosze|czesc|dzien dobry|"
    r"dziekuje|nie dziekuje)\b *"
)
POLITE_END = re.compile(
    r" *\b(?:please|pls|plz|thanks|thank you|thx|cheers|now|today|ok|bitte|danke|sofort|por favor|gracias|ya|svp|"
    r"merci|s il vous plait|per favore|"
    r"grazie|obrigado|obrigada|alsjeblieft|alstublieft|aub|dank u|bedankt|prosze|dziekuje|asap|immediately|"
    r"already|mate|dude|ffs|lol|xx?)$"
)
# What phones send for a reaction; the quoted text is ours, and it says STOP.
QUOTED = re.compile('["“„«‟❝].*["”“»‟❞]', re.DOTALL)
REACTION = re.compile(
    r"^\W*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted|removed an?|hat|a aime|a adore|"
    r"a reagi|le gust|te gust|me gust|"
    r"le encant|ha messo|ha reagito|gostou|amou|reagiu|vond|vindt|heeft|polubi|zareagowa|to\b|an?\b|zu\b|mit\b)",
)


def normal(text: str) -> str:
    """Small letters without accents, punctuation, emoji and marks of any kind; blanks are one.

    >>> normal(" ＳＴＯＰ!! 🛑"), normal("Arrêt."), normal("Don’t text me")
    ('stop', 'arret', 'dont text me')
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("ß", "ss").replace("ł", "l")
    text = re.sub("[’'´`ʼ]", "", text)
    marks = unicodedata.normalize("NFD", text)
    letters = "".join(c for c in marks if not unicodedata.category(c).startswith("M"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def intent(text: str, ours: Sequence[str] = ()) -> Intent:
    """What a text asks for. ours: what we wrote to this person lately, such as the hint; a quotation of it asks nothing.

    >>> intent("Stop."), intent("please STOP texting me!"), intent("I'll stop by at 5"), intent("Is my car ready?")
    (<Intent.STOP: 'stop'>, <Intent.STOP: 'stop'>, <Intent.ASK: 'ask'>, <Intent.NOTHING: 'nothing'>)
    >>> intent('Liked "Hi! Reply STOP to opt out."', ["Hi! Reply STOP to opt out."])
    <Intent.NOTHING: 'nothing'>
    """
    words = _without_ours(text, ours)
    core = _core(words)
    if not core:
        return Intent.NOTHING
    for answer, keywords in ((Intent.STOP, STRONG | ALONE), (Intent.START, START), (Intent.HELP, HELP)):
        if words in keywords or core in keywords:
            return answer
    if COMING.match(core):
        return Intent.ASK
    count = len(core.split())
    if count <= STRONG_WORDS and any(core == word or core.startswith(f"{word} ") for word in STRONG):
        return Intent.STOP
    if count <= REQUEST_WORDS and any(request.match(core) for request in REQUESTS):
        return Intent.STOP
    return Intent.ASK if WEAK.search(words) else Intent.NOTHING


def _core(words: str) -> str:
    """Without politeness before and behind."""
    before = None
    while before != words:
        before = words
        words = POLITE_END.sub("", POLITE.sub("", words)).strip()
    return words


def _without_ours(text: str, ours: Sequence[str]) -> str:
    """The text's own words: without quotations of what we wrote, and without reactions to it."""
    words = normal(text)
    for own in sorted((normal(one) for one in ours), key=len, reverse=True):
        if len(own.split()) > 1 and own in words:
            words = " ".join(words.replace(own, " ").split())
            if REACTION.match(words) or (len(words.split()) <= 1 and not _is_keyword(words)):
                return ""
    quoted = QUOTED.search(text)
    rest = normal(QUOTED.sub(" ", text)) if quoted else ""
    if quoted and len(normal(quoted[0]).split()) > 1 and (not rest or REACTION.match(rest)):
        return ""
    return words


def _is_keyword(words: str) -> bool:
    return words in STRONG | ALONE | START | HELP
