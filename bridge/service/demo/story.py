"""Who calls the demo's bakery, and what they write: data only. The numbers are valid to every check, and nobody's."""

from dataclasses import dataclass

from bridge.rules.addressbook import Card

# Who rings while somebody looks, and who has rung before; libphonenumber's example number and its neighbours.
ANN, BOB, CEM, DAN, EVE = (f"+4474001234{digits}" for digits in (56, 57, 58, 59, 60))
STRANGERS = tuple(f"+4474001234{digits:02}" for digits in range(46))
LANDLINE, ABROAD, ROBOT, PARCELS = "+441212345678", "+33612345678", "+447400123499", "PARCELS"
TOM, MILL, EGGS = "+447400123461", "+447400123462", "+447400123463"
GRACE, OMAR, PRIYA, WALTER, LENA = (f"+4474001234{digits}" for digits in (64, 65, 66, 67, 68))

# IMEI, IMSI and ICCID of the simulated modem and its SIM: the line's past is its own.
SIM = ("490154203237518", "234150123456789", "8944110068123456789")

ADDRESS_BOOK = (
    Card(ANN, "Ann Miller", "Two sourdoughs on Saturdays."),
    Card(CEM, "Cem (birthday cakes)"),
    Card(GRACE, "Grace Okafor", "Allergic to nuts."),
    Card(OMAR, "Omar Haddad", "Café on Mill Lane: 40 croissants a day, paid monthly."),
    Card(PRIYA, "Priya Nair"),
    Card(WALTER, "Walter Jones", "Hard of hearing, rather texts."),
    Card(LENA, "Lena Fischer"),
    Card(STRANGERS[1], "Sam Reed"),
    Card(STRANGERS[4], "Ms Patel, school kitchen"),
    Card(STRANGERS[7], "Joanna Clarke"),
    Card(STRANGERS[9], "Hugo Martin"),
    Card(STRANGERS[12], "Bea Lowe", "Wedding on 12 June."),
    Card(STRANGERS[20], "Fiona Grant"),
    Card(TOM, "Tom", mark="staff"),
    Card(MILL, "Mill & Co (flour)", "Delivers on Tuesdays.", "supplier"),
    Card(EGGS, "Hill Farm eggs", mark="supplier"),
    Card("+447400123469", "Nora Vale"),
    Card("+447400123470", "Yusuf Demir"),
)

SAVED_REPLIES = (
    "Yes, it is ready for you. See you soon!",
    "We are open Tuesday to Friday 7-18, Saturday 7-14 and Sunday 8-12.",
    "Cakes take us two days. For which day would you like it, and for how many people?",
    "Sorry, sold out for today. Shall we keep one for you tomorrow?",
)


@dataclass(frozen=True)
class Talk:
    """What a caller answers to our text, and what follows in turn, ours first. note: what colleagues tell each other."""

    asks: str
    then: tuple[str, ...] = ()
    note: str = ""


TALKS = (
    Talk(
        "Hi, could you keep two sourdough loaves for me until 5?",
        ("Of course, they are on the shelf with your name.", "Great, thanks!"),
    ),
    Talk("What time do you close on Saturday?", ("At 2 pm on Saturdays.",)),
    Talk(
        "Do you do gluten free?",
        ("Yes: a buckwheat loaf on Thursdays. Shall we keep one?", "Yes please, under Reed."),
    ),
    Talk(
        "I'd like a birthday cake for Saturday, 12 people, chocolate if possible.",
        ("Gladly! It is 42 pounds. Any name on it?", "Happy birthday Leo. I pick it up at 10."),
        "Leo, chocolate, 12 people, Saturday at 10.",
    ),
    Talk("Is my order ready?", ("Yes, it is ready for you. See you soon!",)),
    Talk("Sorry, pocket call", ("No harm done!",)),
    Talk(
        "Can you do 30 rolls for tomorrow 8am? It's for the school",
        ("Yes, 30 mixed rolls at 8. Cash or invoice?", "Invoice please"),
        "Invoice to the school kitchen.",
    ),
    Talk(
        "Do you have any rye left today?", ("Sorry, sold out for today. Shall we keep one for you tomorrow?",)
    ),
    Talk("Hi! How much is a wedding cake for 60?", ("From 240 pounds. Come and taste on a Wednesday?",)),
    Talk("Can I change my order to 3 baguettes instead of 2?", ("Done: three.", "Perfect")),
    Talk(
        "I left my umbrella, did you find it? It's blue", ("It stands behind the counter.", "You are stars")
    ),
    Talk("Are you open on the bank holiday?", ("Yes, from 8 to 12.",)),
    Talk("Wrong number, sorry"),
    Talk(
        "Is there sesame in the seeded loaf? My son is allergic",
        ("Yes, there is. The white tin loaf has none.",),
    ),
    Talk("Could somebody ring me about the catering for Friday?", ("We call you in ten minutes.",)),
)
