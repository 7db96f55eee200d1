"""What models shared in Keras 2: an optimizer, and layers that are frozen after compile()."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

HEAD = "from keras.models import Model, Sequential\nfrom keras.optimizers import Adam\n"
GAN = """\
d = Sequential()
d.compile('sgd', 'mse')
d.trainable = False
c = Sequential([d])
c.compile('sgd', 'mse')
"""
FROZEN = "models.Model.trainable"
TARGETS = ("keras@3", "tf_keras")


def after(text: str, to: str = "keras@3", source: str = "keras@2.2.4") -> str:
    result = migrated(HEAD + text, source=source, to=to)
    assert result.after is not None
    return "\n".join(result.after.splitlines()[2:]) + "\n"


def outcomes(text: str, to: str = "keras@3") -> list[Outcome]:
    found = migrated(HEAD + text, source="keras@2.2.4", to=to).findings
    return [one.outcome for one in found if "".join(one.rules).startswith(FROZEN)]


# --- one optimizer ---


@pytest.mark.parametrize("to", TARGETS)
def test_a_second_model_gets_an_optimizer_of_its_own(to: str) -> None:
    text = "o = Adam()\na = Model(x, y)\na.compile(o, 'mse')\nb = Model(x, z)\n"
    assert after(text + "b.compile(optimizer=o, loss='mse')\n", to) == (
        text + "b.compile(optimizer=type(o).from_config(o.get_config()), loss='mse')\n"
    )


def test_an_attribute_is_one_object_in_all_methods() -> None:
    text = """\
class Gan:
    def build(self):
        self.o = Adam()
        self.a = Model(x, y)
        self.a.compile(self.o, 'mse')

    def join(self):
        self.b = Model(x, z)
        self.b.compile(self.o, 'mse')
"""
    own = "self.b.compile(type(self.o).from_config(self.o.get_config()), 'mse')"
    assert after(text) == text.replace("self.b.compile(self.o, 'mse')", own)


OWN = "type(o).from_config(o.get_config())"


@pytest.mark.parametrize(
    "text",
    [
        "o = Adam()\nfor part in parts:\n    a = Model(x, y)\n    a.compile({})\n    a.fit(part)\n",
        "o = Adam()\n\n\ndef f():\n    a = Model(x, y)\n    a.compile({})\n    return a\n\n\n"
        "f().fit(x)\nf().fit(y)\n",
        "o = Adam()\n\n\ndef f():\n    a = Model(x, y)\n    a.compile({})\n    return a\n\n\n"
        "search(build_fn=f)\n",
        "def f(o):\n    a = Model(x, y)\n    a.compile({})\n    a.fit(x)\n\n\n"
        "p = Adam()\nf(p)\nf(o=p)\n",
        "def f(o):\n    a = Model(x, y)\n    a.compile(o)\n    a = Model(x, y)\n    a.compile({})\n\n\n"
        "f(Adam())\n",
        "class A:\n    def f(self, o):\n        a = Model(x, y)\n        a.compile({})\n\n"
        "    def g(self):\n        p = Adam()\n        for x in y:\n            self.f(p)\n",
    ],
    ids=["a loop", "called twice", "passed on", "given twice", "a parameter", "a method"],
)
def test_what_runs_again_gives_each_model_its_own(text: str) -> None:
    assert after(text.format("o"), "tf_keras") == text.format(OWN)


@pytest.mark.parametrize(
    "text",
    [
        "o = Adam()\na = Model(x, y)\nif p:\n    a.compile(o, 'mse')\nelse:\n    a.compile(o, 'mae')\n",
        "o = 'sgd'\na = Model(x, y)\na.compile(o, 'mse')\na.compile(o, 'mae')\n",
        "o = Adam()\na = Model(x, y)\na.compile(o, 'mse')\no = Adam()\na.compile(o, 'mae')\n",
        "def f(o):\n    a = Model(x, y)\n    a.compile(o, 'mse')\n    a.compile(o, 'mae')\n",
        "def f(o):\n    a = Model(x, y)\n    a.compile(o)\n    a = Model(x, y)\n    a.compile(o)\n\n\n"
        "f('sgd')\n",
        "def f(o):\n    a = Model(x, y)\n    a.compile(o)\n\n\nf(Adam())\nf(Adam())\n",
        "for p in ps:\n    o = Adam()\n    a = Model(x, y)\n    a.compile(o)\n",
        "o = Adam()\na = Model(x, y)\nfor p in ps:\n    a.compile(o)\n    a.fit(x)\n",
        "o = Adam()\n\n\ndef f():\n    a = Model(x, y)\n    a.compile(o)\n\n\nf()\n",
        "def f():\n    o = Adam()\n    Model(x, y).compile(o, 'mse')\n\n\n"
        "def g(a, o='sgd'):\n    a = Model(x, y)\n    a.compile(o, 'mse')\n",
    ],
    ids=[
        "branches",
        "a name",
        "made again",
        "a parameter",
        "a parameter that is a name",
        "made by each caller",
        "made in the loop",
        "one model",
        "called once",
        "a parameter of another function",
    ],
)
def test_what_is_not_one_object_stays(text: str) -> None:
    assert after(text) == text


# --- frozen after compile() ---


def test_it_is_set_around_the_own_training() -> None:
    training = """\
for x in data:
    {}loss = d.train_on_batch(x, one)  # real
    loss += d.train_on_batch(g, zero){}
    c.train_on_batch(z, one)
"""
    frozen = training.format("d.trainable = True\n    ", "\n    d.trainable = False")
    assert after(GAN + training.format("", "")) == GAN + frozen
    assert outcomes(GAN + training.format("", "")) == [Outcome.REVIEW]


def test_a_last_line_without_an_ending() -> None:
    text = GAN + "d.fit(x, y)"
    assert after(text) == GAN + "d.trainable = True\nd.fit(x, y)\nd.trainable = False\n"


def test_a_function_takes_the_model_by_that_name() -> None:
    text = "def train(d, c):\n    {}d.train_on_batch(x, one){}\n    c.train_on_batch(z, one)\n\n\n"
    frozen = text.format("d.trainable = True\n    ", "\n    d.trainable = False")
    assert after(text.format("", "") + GAN) == frozen + GAN


@pytest.mark.parametrize(
    "training",
    [
        "d.trainable = True\nd.train_on_batch(x, one)\nd.trainable = False\nc.train_on_batch(z, one)\n",
        "for x in data:\n    d.trainable = True\n    d.fit(x)\n    d.trainable = False\n    c.fit(x)\n",
    ],
)
def test_what_the_program_sets_itself_is_enough(training: str) -> None:
    assert after(GAN + training) == GAN + training
    assert outcomes(GAN + training) == []


@pytest.mark.parametrize(
    "training",
    [
        "c.train_on_batch(z, one)\n",
        "def f():\n    return d.train_on_batch(x, one)\n",
        "if d.train_on_batch(x, one) > 1:\n    c.train_on_batch(z, one)\n",
        "a = 1; d.train_on_batch(x, one)\n",
        "def f():\n    d = Sequential()\n    d.compile('sgd', 'mse')\n    d.fit(x, y)\n",
    ],
    ids=["elsewhere", "returned", "in a condition", "two on a line", "another of that name"],
)
def test_out_of_reach_it_is_flagged(training: str) -> None:
    assert after(GAN + training) == GAN + training
    assert Outcome.FLAGGED in outcomes(GAN + training)


def test_what_thaws_after_compile_is_flagged() -> None:
    text = "d = Sequential()\nd.trainable = False\nd.compile('sgd', 'mse')\nd.trainable = True\nd.fit(x)\n"
    assert after(text) == text
    assert outcomes(text) == [Outcome.FLAGGED]


def test_tf_keras_remembers_what_compile_saw() -> None:
    text = GAN + "d.train_on_batch(x, one)\n"
    assert after(text, "tf_keras") == text
    assert outcomes(text, "tf_keras") == []


# --- a loss that is added to a finished model ---

LOSS = "from keras import layers, ops\nx = Input((4,))\ny = Dense(4)(x)\n"
ADDED = "layers.Lambda(lambda t: t, activity_regularizer=ops.mean)(loss)"


def added(name: str) -> str:
    return f"{name} = Model({name}.inputs, layers.Lambda(lambda t: t[0])([{name}.output, {ADDED}]))"


def test_the_model_is_made_again_with_its_loss() -> None:
    text = LOSS + "vae = Model(x, y)\n{}\n"
    assert after(text.format("vae.add_loss(loss)")) == text.format(added("vae"))


def test_the_model_of_an_object_is_made_again() -> None:
    build = "class A:\n    def __init__(self):\n        self.vae = Model(x, y)\n        {}\n"
    text = LOSS + build
    assert after(text.format("self.vae.add_loss(loss)")) == text.format(added("self.vae"))


@pytest.mark.parametrize(
    "text",
    [
        "vae = Model(x, y)\n\n\ndef f():\n    vae.add_loss(loss)\n",
        "vae = Model(x, y)\nz = [vae.add_loss(loss)]\n",
    ],
    ids=["a name of the module", "no statement"],
)
def test_a_name_from_elsewhere_is_flagged(text: str) -> None:
    result = migrated(HEAD + text, source="keras@2.2.4")
    assert result.after == HEAD + text
    found = [one.outcome for one in result.findings if "models.Model.add_loss.remade" in one.rules]
    assert found == [Outcome.FLAGGED]


def test_inside_call_a_loss_is_added_as_before() -> None:
    text = (
        "class A(Model):\n    def call(self, t):\n        self.add_loss(loss)\n        return t\n"
    )
    assert after(text) == text


# --- parts that are frozen behind compile() of the whole ---

PARTS = """\
g, d = Model(x, y), Model(y, z)
g.trainable = False
score = d(g(x))
trains_d = Model(x, score)
trains_d.compile('sgd', 'mse')
"""
TURNED = "g.trainable = True\nd.trainable = False\n"


def test_a_part_that_is_set_behind_compile_of_the_whole_is_flagged() -> None:
    assert outcomes(PARTS + TURNED + "trains_d.train_on_batch(a, b)\n") == [Outcome.FLAGGED] * 2


@pytest.mark.parametrize(
    "behind",
    [
        TURNED,  # nothing is trained
        TURNED + "trains_d.compile('sgd', 'mse')\ntrains_d.fit(a, b)\n",
        TURNED + "g.trainable = False\nd.trainable = True\ntrains_d.fit(a, b)\n",
        "d.trainable = True\ntrains_d.fit(a, b)\n",  # as it was
        "other.trainable = False\ntrains_d.fit(a, b)\n",
        "trains_d.fit(a, b)\n" + TURNED,
    ],
)
def test_what_was_so_at_compile_is_left(behind: str) -> None:
    assert outcomes(PARTS + behind) == []
