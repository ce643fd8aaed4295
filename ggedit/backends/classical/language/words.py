"""Closed word classes that the rules lean on. Lower case throughout."""

from __future__ import annotations

from ....core.inflection import word_set


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a list that is written with bars."""
    return tuple(text.split("|"))


NUMBERS: dict[str, int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "dozen": 12,
}  # fmt: skip

ORDINALS: dict[str, int] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8, "9th": 9, "10th": 10,
    "last": -1, "final": -1, "penultimate": -2,
}  # fmt: skip

COLOURS = word_set(
    "red orange yellow green blue purple pink brown black white grey gray violet magenta cyan turquoise teal beige "
    "maroon navy gold golden silver silvery crimson scarlet lavender lilac indigo khaki olive tan cream ivory bronze "
    "copper coral salmon peach mint lime aqua azure burgundy charcoal fuchsia mauve mustard ochre plum ruby rust "
    "sapphire sepia emerald amber blonde blond rainbow multicoloured multicolored colourful colorful rosy reddish "
    "bluish greenish yellowish purplish pinkish brownish greyish grayish orangish rose-colored rose-coloured"
)
SHADES = word_set(
    "dark light bright pale deep neon hot pastel vivid dull sky navy forest royal baby lime faded rich soft"
)
MATERIALS = word_set(
    "wood metal stone glass plastic leather gold silver brick paper marble steel iron ice concrete cardboard "
    "cotton velvet silk wool lego clay bronze copper chrome granite porcelain ceramic straw chocolate diamond "
    "crystal rubber bamboo denim fur lace wicker felt tin aluminium aluminum origami titanium jade amber sand "
    "mud snow candy cheese"
)
MADE_OF = word_set(
    "wooden golden metallic woolen woollen silken leathern earthen glassy stony furry steely icy brazen oaken "
    "crystalline"
)

SIDE_WORDS = word_set("left right top bottom upper lower front back middle center centre rear")

PERSON_NOUNS = word_set(
    "person man woman boy girl child kid baby toddler infant lady gentleman guy human adult teenager teen nurse "
    "doctor technician teacher student chef cook waiter waitress farmer soldier king queen prince princess bride "
    "groom couple player actor actress singer dancer musician artist painter driver rider cyclist biker skier "
    "surfer skater snowboarder swimmer diver runner jogger athlete batter pitcher catcher umpire referee goalie "
    "coach fan spectator tourist traveler traveller pedestrian passenger worker builder carpenter plumber "
    "electrician engineer scientist astronaut pilot sailor fisherman fireman firefighter policeman policewoman "
    "officer cop guard knight wizard witch warrior samurai monk nun priest pope pirate clown magician vampire "
    "zombie elf dwarf hobbit angel mermaid fairy ghost robot superhero hero mother father mom mum dad parent son "
    "daughter brother sister sibling grandmother grandfather grandma grandpa aunt uncle cousin husband wife "
    "friend neighbor neighbour guest host customer client patient visitor bystander lawyer judge accountant "
    "secretary clerk cashier librarian pharmacist veterinarian paramedic therapist psychologist dietitian "
    "nutritionist hygienist dispatcher educator instructor advisor supervisor manager boss salesperson salesman "
    "saleswoman investigator inspector examiner appraiser auditor programmer planner broker architect "
    "practitioner specialist pathologist chemist surgeon machinist mechanic janitor hairdresser barber baker "
    "bartender receptionist administrator counselor professor taxpayer owner buyer undergraduate employee "
    "homeowner bystander resident student woman's twin model photographer cowboy cowgirl rabbi hunter gardener "
    "shopkeeper vendor dog-walker skateboarder people men women kids children folks crowd family team savage "
    "prisoner businessman businesswoman politician president emperor empress pharaoh monster alien someone "
    "somebody everyone everybody"
)
ANIMAL_NOUNS = word_set(
    "animal dog puppy cat kitten kitty bird horse pony foal sheep lamb cow bull calf ox cattle pig piglet goat "
    "elephant bear zebra giraffe lion tiger leopard cheetah panther wolf fox rabbit bunny hare deer moose elk "
    "reindeer camel llama alpaca donkey mule monkey ape gorilla chimpanzee panda koala kangaroo squirrel "
    "chipmunk mouse rat hamster beaver otter seal walrus whale dolphin shark fish goldfish octopus squid crab "
    "lobster turtle tortoise frog toad snake lizard crocodile alligator dinosaur dragon unicorn duck duckling "
    "goose swan chicken hen rooster chick turkey peacock parrot pigeon dove eagle hawk falcon owl crow raven "
    "seagull gull sparrow crane stork flamingo penguin ostrich butterfly moth bee wasp ant spider beetle ladybug "
    "dragonfly caterpillar snail worm bat raccoon skunk hedgehog hippo hippopotamus rhino rhinoceros buffalo "
    "bison antelope gazelle jaguar lynx pug poodle beagle labrador retriever terrier husky corgi dalmatian "
    "dachshund tabby stallion mare creature pet"
)

PICTURE_NOUNS = word_set(
    "image picture photo photograph scene landscape scenery shot frame pic composition snapshot screen view img "
    "pics canvas footage"
)
WHOLE_NOUNS = PICTURE_NOUNS | {
    "everything",
    "style",
    "artist",
    "atmosphere",
    "mood",
    "setting",
    "lighting",
    "weather",
    "season",
    "theme",
    "era",
    "genre",
    "time",
    "decade",
    "vibe",
    "brightness",
    "contrast",
    "palette",
}
BACKGROUND_NOUNS = word_set("background backdrop backgrounds surroundings bg")
COLOUR_NOUNS = word_set("color colour hue shade tint coloring colouring colors colours")

CLOTHES = word_set(
    "shirt t-shirt tshirt dress suit hat cap coat jacket skirt jeans trousers pants shorts sweater hoodie "
    "uniform vest tuxedo gown robe apron shoes boots clothes outfit costume scarf blouse top swimsuit bikini "
    "kimono tie armor armour helmet pajamas pyjamas overalls stripes red black white blue green yellow pink grey "
    "gray purple orange brown"
)

STYLE_NOUNS = word_set(
    "painting drawing sketch watercolor watercolour mosaic cartoon anime comic illustration collage poster photo "
    "photograph film movie game render rendering engraving etching fresco mural caricature origami winter summer "
    "autumn fall spring night day daytime nighttime evening morning afternoon midnight dusk dawn sunset sunrise "
    "noon twilight impressionism cubism surrealism baroque rococo renaissance fauvism art noir"
)
SCENE_LOOKS = STYLE_NOUNS | word_set(
    "snowy rainy foggy misty sunny cloudy stormy overcast snowing raining dark darker bright brighter warmer cooler "
    "colder hotter vintage retro futuristic medieval modern victorian gothic cyberpunk steampunk minimalist abstract "
    "autumnal wintry summery nocturnal cinematic dramatic christmas halloween hdr monochrome sepia black-and-white "
    "noisy grainy sharper softer blurry apocalyptic post-apocalyptic"
)
HOLLOW = word_set(
    "sky water sea lake river ocean pond pool air bowl basket box vase room forest wood jungle garden bag bucket jar "
    "cage sink bathtub fridge kitchen bedroom tank aquarium pocket nest drawer glass cup pot"
)
"""Things that something "added to" them lies in, not on."""

SEASONS = word_set("winter summer autumn spring night day evening morning afternoon dusk dawn")
TIMES = SEASONS | word_set("noon midnight sunset sunrise twilight christmas halloween easter daytime nighttime midday")
"""Names of times: "at night" is a look of the picture and no place in it."""
MASS_NOUNS = word_set(
    "snow water smoke fire grass sand mist fog haze rain hair moss ivy text food sugar cream light lightning sunlight "
    "steam dust dirt mud ice glitter confetti fur wood gold silver jewelry jewellery makeup graffiti motion "
    "blur contrast hour"
)
WEATHER = word_set(
    "fog mist haze rain snow snowfall drizzle storm thunderstorm blizzard sunshine sunlight lightning smog"
)

COLLECTIVES = word_set("group crowd herd flock bunch row line pack school swarm troop set series cluster team party")
CONTAINERS = word_set(
    "cup glass bottle bowl plate piece slice can jar box bag pot vase bouquet basket bucket pile stack stick "
    "loaf mug jug tin pack packet tray bar field sheet block ball kind type crown body stretch patch strand "
    "string ray beam"
)
DROPPED_ADJECTIVES = word_set(
    "same own whole entire new existing single only main said aforementioned actual very few more"
)
BARE_VERBS = word_set(
    "smile laugh cry wear hold ride look sit stand sleep run jump fly dance smoke wink glow shine disappear "
    "vanish be appear have grow carry walk swim face lie lean hang float eat drink read play kiss hug wave frown "
    "scream yell sing bark open close bloom melt burn explode speak become turn go seem resemble stare gaze "
    "sparkle point climb drive kneel crouch lay perch rest hover leave stay take show flow blow drip feel age "
    "match blend bleed drip bend flex tilt"
)
POSITION_VERBS = word_set(
    "stand sit lie lay perch rest hang lean float hover park locate situate place position seat put set stay fly "
    "soar swim walk run drift sleep breach face squat crouch kneel stick appear be mount stack rise grow loom"
)
HOLDING = word_set("wear hold carry have walk pull push ride lead drive eat read play drink")
GRASPING = HOLDING | word_set(
    "hug kiss touch embrace lift kick catch throw grab grasp clutch chase feed pet stroke lick bite sniff wash clean "
    "paint hit swing raise cradle"
)
"""What a thing does to another one that is there: both are drawn anew."""

FUNCTION_WORDS = word_set(
    "the a an this that these those of to in on at by with from and or but then it its he she him her his they "
    "them their you your me my i we us our is are be was were been being am do does did not no yes as for into "
    "onto over under above below behind beside between near next left right top bottom up down please can could "
    "would should upside must may might will shall want need like let all both each every some any another other "
    "one two three more less very too also just only so there here what who which where when how why if than out "
    "off away again back"
)
