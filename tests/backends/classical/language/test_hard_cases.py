"""Instructions and exactly what they mean."""

import pytest

from ggedit.core.language import Context, KnownThing

from .shorthand import short, thing

CASES = [
    (
        "remove the dog and make the car red, then add a hat to the man",
        ["remove dog", "restyle car = red", "insert hat @ on(man)"],
    ),
    ("make the dog and the cat red", ["restyle dog = red", "restyle cat = red"]),
    (
        "make the sofa, the chair and the table blue",
        ["restyle sofa = blue", "restyle chair = blue", "restyle table = blue"],
    ),
    ("make the car red and the bike blue", ["restyle car = red", "restyle bike = blue"]),
    ("move the cup to the left and the plate to the right", ["move cup @ left_of()", "move plate @ right_of()"]),
    (
        "add a tree to the left of the house and a bench beside it",
        ["insert tree @ left_of(house)", "insert bench @ next_to(tree left_of(house))"],
    ),
    ("swap the cat and the dog", ["move cat @ overlapping(dog)", "move dog @ overlapping(cat)"]),
    ("take out the lamp and put a plant there instead", ["replace lamp = plant"]),
    ("remove the dogs", ["remove all dog"]),
    ("remove both dogs", ["remove 2 dog"]),
    ("delete three cups", ["remove 3 cup"]),
    ("make every chair red", ["restyle all chair = red"]),
    ("remove one of the cups", ["remove cup"]),
    ("remove a pair of scissors", ["remove scissors"]),
    ("remove a pair of shoes", ["remove 2 shoe"]),
    ("remove the group of people", ["remove all person"]),
    ("make the second bird from the left red", ["restyle bird #2 left_of() = red"]),
    ("remove the third bird", ["remove bird #3"]),
    ("delete the last cup", ["remove cup #-1"]),
    ("remove the bird second from the right", ["remove bird #2 right_of()"]),
    ("remove the second to last car", ["remove car #-2"]),
    ("remove the leftmost penguin", ["remove penguin left_of()"]),
    ("remove the upper picture", ["remove picture above()"]),
    ("remove the cup on the far right", ["remove cup right_of()"]),
    ("remove the trees in the background", ["remove all tree behind()"]),
    ("remove the cat in the foreground", ["remove cat in_front()"]),
    ("remove the cup in the bottom left corner", ["remove cup corner() below() left_of()"]),
    ("remove the top-right picture", ["remove picture above() right_of()"]),
    ("remove the lamp in the middle", ["remove lamp middle()"]),
    ("remove the largest dog", ["remove dog largest()"]),
    ("remove the smaller of the two dogs", ["remove dog smallest()"]),
    ("remove the person nearest to the camera", ["remove person nearest()"]),
    ("remove the cup farthest from the plate", ["remove cup farthest(plate)"]),
    ("remove the tree between the house and the car", ["remove tree between(house, car)"]),
    ("remove the cup to the left of the plate on the second shelf", ["remove cup left_of(plate on(shelf #2))"]),
    ("remove the dog to the man's left", ["remove dog left_of(man)"]),
    ("remove the man behind the bus", ["remove man behind(bus)"]),
    ("make the guy in front of the bus taller", ["resize guy in_front(bus) = taller"]),
    ("make the lamp to the right of the bed blue", ["restyle lamp right_of(bed) = blue"]),
    ("remove the man with the red hat", ["remove man with(red hat)"]),
    ("remove the woman in red", ["remove woman"]),
    ("remove the man's hat", ["remove hat with(man)"]),
    ("remove the hat of the man on the left", ["remove hat with(man left_of())"]),
    ("remove the dog that is sitting on the sofa", ["remove dog on(sofa)"]),
    ("make the glass of wine bigger", ["resize glass of wine = bigger"]),
    ("make the dark red car blue", ["restyle dark red car = blue"]),
    ("make the orange orange", ["restyle orange = orange"]),
    ("make the orange blue", ["restyle orange = blue"]),
    ("add a top hat to the man", ["insert top hat @ on(man)"]),
    ("put a cat on the sofa", ["insert cat @ on(sofa)"]),
    ("put the cat on the sofa", ["move cat @ on(sofa)"]),
    ("move the cup on the left to the shelf", ["move cup left_of() @ on(shelf)"]),
    ("move the vase a bit further left", ["move vase @ left_of()"]),
    ("move the lamp to the bottom left corner", ["move lamp @ corner() below() left_of()"]),
    ("add two birds above the house", ["insert two birds @ above(house)"]),
    ("add a bird between the two trees", ["insert bird @ between(tree #1, tree #-1)"]),
    ("add a bird to the sky", ["insert bird @ inside(sky)"]),
    ("atop the bus, position a man", ["insert man @ on(bus)"]),
    ("duplicate the flower to the right", ["duplicate flower @ right_of()"]),
    ("make the man ride the horse", ["relate man @ on(horse)"]),
    ("make the dog sit on the sofa", ["relate dog @ on(sofa)"]),
    ("change the colour of the man's shirt to green", ["restyle shirt with(man) = green"]),
    ("turn the frog into a prince", ["replace frog = prince"]),
    ("make the puppy a kitten", ["replace puppy = kitten"]),
    ("let's swap the ball for an apple", ["replace ball = apple"]),
    ("change the red hat to a blue one", ["restyle red hat = blue"]),
    ("make the tree twice as tall", ["resize tree = twice as tall"]),
    ("enlarge the car by 50%", ["resize car = bigger by 50%"]),
    ("flip the dog", ["flip dog = horizontal"]),
    ("turn the cup upside down", ["flip cup = vertical"]),
    ("make it look like winter", ["restyle - = like winter"]),
    ("as pop art", ["restyle - = pop art"]),
    ("bring me a cup next to the laptop", ["insert cup @ next_to(laptop)"]),
    ("could you get me some flowers for the vase?", ["insert flowers @ inside(vase)"]),
    ("delete the man with the umbrella who sits on the bench", ["remove man with(umbrella) on(bench)"]),
    ("remove the girl in the dress that is standing behind the bench", ["remove girl with(dress) behind(bench)"]),
    ("remove the dress that is on the left", ["remove dress left_of()"]),
    ("remove all dogs but make the cat red", ["remove all dog", "restyle cat = red"]),
    ("in the style of a comic book", ["restyle - = in the style of a comic book"]),
    ("make the background black and white", ["background - = grey"]),
    ("blur everything except the dog", ["background dog = blur"]),
    ("give it a sunset background", ["background - = sunset"]),
    ("brighten the picture", ["restyle - = brighter"]),
    ("blacken the horse", ["restyle horse = black"]),
    ("the cat must be banished", ["remove cat"]),
    ("there should be no cars", ["remove all car"]),
    ("I want the dog gone", ["remove dog"]),
    ("a butterfly on the flower would be lovely", ["insert butterfly @ on(flower)"]),
    ("the shelf needs a plant on it", ["insert plant @ on(shelf)"]),
    ("remove everything but the dog", ["background dog = remove"]),
    ("make all of the cups blue", ["restyle all cup = blue"]),
    ("replace the man on the left by a woman with a red hat", ["replace man left_of() = woman with a red hat"]),
    ("make the tie striped", ["restyle tie = striped"]),
    ("the logo should be cropped out", ["remove logo"]),
    ("remove the bird furthest to the left", ["remove bird left_of()"]),
    ("give the cat wings", ["insert wings @ on(cat)"]),
    ("move the cat to where the dog is", ["move cat @ overlapping(dog)"]),
    ("make the dog face left", ["flip dog = horizontal"]),
    ("the picture is too dark", ["restyle - = brighter"]),
    ("remove the red cup and the blue one", ["remove red cup", "remove blue cup"]),
    ("put a guitar in place of the broom", ["replace broom = guitar"]),
    ("use purple for the curtains", ["restyle all curtain = purple"]),
    ("throw the suitcase out", ["remove suitcase"]),
    ("free the beach of the seaweed", ["remove seaweed on(beach)"]),
    ("make the background foggy", ["background - = foggy"]),
    ("add fog to the background", ["background - = fog"]),
    ("blur what is behind the cat", ["background cat = blur"]),
    ("make everything in the background blurry", ["background - = blur"]),
    ("change what is behind them to a glacier", ["background - = glacier"]),
    ("erase whoever is standing behind the counter", ["remove person behind(counter)"]),
    ("everything except the boat in black and white", ["background boat = grey"]),
    ("wipe that smile off the clown's face", ["remove smile on(face with(clown))"]),
    ("mirror the bicycle so that it faces left", ["flip bicycle = horizontal"]),
    ("make the sky pink and the sea orange", ["restyle sky = pink", "restyle sea = orange"]),
    ("remove the left and right lamp", ["remove lamp left_of()", "remove lamp right_of()"]),
    ("make the curtains a bit lighter", ["restyle all curtain = a bit lighter"]),
    ("make the sofa dark green", ["restyle sofa = dark green"]),
    ("have the woman sit next to the old man", ["relate woman @ next_to(old man)"]),
    (
        "add a scarf to the snowman and a sled beside him",
        [
            "insert scarf @ on(snowman)",
            "insert sled @ next_to(snowman)",
        ],
    ),
    ("gimme a glass table instead of the wooden one", ["replace wooden table = glass table"]),
    ("turn the light off", ["restyle light = unlit"]),
    ("two more of those flowers please", ["insert two flowers"]),
    ("remove each and every pigeon", ["remove all pigeon"]),
    ("<b>remove</b> the <i>lamp</i>", ["remove lamp"]),
    ("the hair -> platinum blonde", ["restyle hair = platinum blonde"]),
    ("sorry to bother you but could the pigeon go away", ["remove pigeon"]),
    ("I'd be grateful if you could make the roof darker", ["restyle roof = darker"]),
    ("make the cup in the middle red", ["restyle cup middle() = red"]),
    ("let's see the wall in brick", ["restyle wall = brick"]),
    ("remove the dog, then the cat", ["remove dog", "remove cat"]),
    ("the dog and the cat should be red", ["restyle dog = red", "restyle cat = red"]),
    ("make the dog brown and everything else grey", ["restyle dog = brown", "background dog = grey"]),
    ("remove the second and third bird", ["remove bird #2", "remove bird #3"]),
    (
        "make the first and the last cup on the shelf red",
        ["restyle cup #1 on(shelf) = red", "restyle cup #-1 on(shelf) = red"],
    ),
    ("remove the left and the right dog", ["remove dog left_of()", "remove dog right_of()"]),
    (
        "make the red and the blue cup on the table green",
        ["restyle red cup on(table) = green", "restyle blue cup on(table) = green"],
    ),
    ("remove the orange and the banana", ["remove orange", "remove banana"]),
    ("make the 'for sale' sign blue", ["restyle for sale sign = blue"]),
    ('put a red "happy birthday" banner on the wall', ["insert red happy birthday banner @ on(wall)"]),
    ("'remove the dog' please", ["remove dog"]),
    ("remove the second-to-last chair", ["remove chair #-2"]),
    ("remove the next to last chair", ["remove chair #-2"]),
    ("remove the last two cars", ["remove 2 car #-1"]),
    ("remove the girl with the red hat to the right of the man", ["remove girl with(red hat) right_of(man)"]),
    ("remove the man with the bird on his shoulder", ["remove man with(bird on(shoulder with(man)))"]),
    ("erase the girl holding a balloon on the left", ["remove girl with(balloon) left_of()"]),
    ("duplicate the dog twice", ["duplicate dog = two"]),
    ("make three copies of the apple", ["duplicate apple = three"]),
    ("scale the man up by 1.5", ["resize man = bigger by 1.5"]),
    ("rotate the car 90 degrees clockwise", ["restyle car = rotated 90 degrees clockwise"]),
    ("light the statue from the left", ["restyle statue = lit from the left"]),
    ("darken everything around the dog", ["background dog = darker"]),
    ("add snow", ["restyle - = snow"]),
    ("remove the front left wheel", ["remove wheel in_front() left_of()"]),
    (
        "make the two cats on the left orange and the one on the right black",
        ["restyle 2 cat left_of() = orange", "restyle cat right_of() = black"],
    ),
    (
        "remove the second cat from the left and the third one",
        ["remove cat #2 left_of()", "remove cat #3 left_of()"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_reading(parser, text, expected):
    instruction = parser.parse(text, Context())
    assert [short(clause) for clause in instruction.clauses] == expected
    assert not instruction.questions


DIRECT = [
    ("make the lamp to the right of the bed blue", "make the lamp blue"),
    ("remove the two cups on the left", "remove the cups"),
    ("add two red birds above the house", "add two red birds"),
    ("put an owl on the roof", "add an owl"),
    ("replace the dog on the sofa with an elephant", "replace the dog with an elephant"),
    ("make the woman on the left smile", "make the woman smile"),
    ("make it look like winter", "make it look like winter"),
    ("turn it into a watercolor", "turn it into a watercolor"),
    ("blur the background", "blur the background"),
    ("change the background to a snowy mountain", "change the background to a snowy mountain"),
    ("replace the background with a beach", "change the background to a beach"),
    ("change the background to a city at night", "change the background to a city at night"),
    ("make the background more colourful", "make the background more colourful"),
    ("as pop art", "turn it into pop art"),
    ("make it a rainy day", "turn it into a rainy day"),
    ("black and white", "make it black and white"),
    ("increase the contrast", "give it more contrast"),
    ("add some fog", "add fog"),
    ("put the cup in the box", "move the cup into the box"),
    ("swap the cat and the dog", "move the dog to where the cat is"),
    ("blur the people on the left", "blur the people"),
    ("rotate the car by 90 degrees", "rotate the car by 90 degrees"),
    ("let the boy hold the ball", "make the boy hold the ball"),
    ("make the man and the woman hold hands", "make the man and the woman hold hands"),
    ("make the dog sit on the chair", "make the dog sit on the chair"),
    ("move the cup to the left of the plate", "move the cup to the left of the plate"),
    ("enlarge the dog behind the tree", "make the dog bigger"),
    ("flip the second car from the left", "flip the car horizontally"),
    ("add a hat to the man and make it red", "make the hat red"),
]


@pytest.mark.parametrize(("text", "direct"), DIRECT, ids=[text for text, _ in DIRECT])
def test_direct_instruction_leaves_context_and_direction_out(parser, text, direct):
    assert parser.parse(text, Context()).clauses[-1].direct == direct


def test_attributes_and_heads(parser):
    (clause,) = parser.parse("make the dark red wooden cup of tea bigger", Context()).clauses
    assert clause.target.phrase == "dark red wooden cup of tea"
    assert clause.target.head == "cup"
    assert clause.target.attributes == ("dark red", "wooden")


@pytest.mark.parametrize(
    "text", ["please could you remove the red cup?", "Kindly REMOVE the red cup!", "  remove the 'red' cup  "]
)
def test_spans_point_into_the_text(parser, text):
    (clause,) = parser.parse(text, Context()).clauses
    span = clause.target.span
    assert text[span.start : span.end].lower().replace("'", "") == "the red cup"


SPARED = [
    ("make everything but the dog grey", "background dog = grey", []),
    ("make everything grey except the dog and the cat", "background dog = grey", ["cat"]),
    ("turn everything except the red car black and white", "background red car = grey", []),
    ("delete everything but the car and the tree", "background car = remove", ["tree"]),
    ("make the picture grey apart from the umbrella", "background umbrella = grey", []),
    ("make all but the dog blurry", "background dog = blur", []),
    ("keep the left cup and remove the rest of the cups", "remove all cup", ["cup left_of()"]),
    ("keep only the dog", "background dog = remove", []),
    ("keep the dog in colour", "background dog = grey", []),
    ("keep the dog and the cat and blur everything else", "background dog = blur", ["cat"]),
    ("make the rest of the picture grey", "background - = grey", []),
    ("remove all cups but the left one", "remove all cup", ["cup left_of()"]),
    ("all cups but the left one should be blue", "restyle all cup = blue", ["cup left_of()"]),
    ("remove every cup apart from the red one", "remove all cup", ["red cup"]),
    ("remove all people other than the bride", "remove all person", ["bride"]),
    ("remove all the dogs but not the brown one", "remove all dog", ["brown dog"]),
    ("make every car but the red one white", "restyle all car = white", ["red car"]),
    ("turn all the balloons red except the biggest", "restyle all balloon = red", ["balloon largest()"]),
    ("replace all the cups except the red one with glasses", "replace all cup = glasses", ["red cup"]),
    ("move all the cups but the left one to the right", "move all cup @ right_of()", ["cup left_of()"]),
    ("blur everyone except the man on the right", "restyle all person = blur", ["man right_of()"]),
]


@pytest.mark.parametrize(("text", "read", "spared"), SPARED, ids=[text for text, _, _ in SPARED])
def test_exceptions_are_spared(parser, text, read, spared):
    found = parser.parse(text, Context())
    (clause,) = found.clauses
    assert short(clause) == read
    assert [thing(referent) for referent in clause.spared] == spared
    assert not found.questions


RELATED = [
    ("let the boy hold the ball", ["relate boy @ with(ball)"]),
    ("put the cup and the plate side by side", ["relate cup @ next_to(plate)"]),
    ("the cup and the plate should be next to each other", ["relate cup @ next_to(plate)"]),
    ("move the two chairs apart", ["relate chair #-1 @ farthest(chair #1)"]),
    ("the man and the woman should kiss", ["relate man @ with(woman)"]),
    ("I want the lamp next to the bed", ["relate lamp @ next_to(bed)"]),
    ("let the cat and the dog swap places", ["move cat @ overlapping(dog)", "move dog @ overlapping(cat)"]),
]


@pytest.mark.parametrize(("text", "expected"), RELATED, ids=[text for text, _ in RELATED])
def test_relations_between_two_known_things(parser, text, expected):
    assert [short(clause) for clause in parser.parse(text, Context()).clauses] == expected


def test_two_of_one_kind_are_related(parser):
    scene = Context((KnownThing("cat"), KnownThing("cat")))
    assert [short(c) for c in parser.parse("put them side by side", scene).clauses] == [
        "relate all cat #-1 @ next_to(all cat #1)"
    ]


@pytest.mark.parametrize(
    ("text", "read", "said"),
    [
        ("put a hat on every man but the left one", "insert hat @ on(all man)", '"but the left one"'),
        ("remove all cups but the left one", "remove all cup", "Left as it is: the left one."),
        ("remove every other chair", "remove all chair", '"every other"'),
        ("remove every second bird", "remove all bird #2", '"every second"'),
    ],
)
def test_what_is_left_out_is_said(parser, text, read, said):
    found = parser.parse(text, Context())
    assert [short(clause) for clause in found.clauses] == [read]
    assert said in found.note and not found.questions
