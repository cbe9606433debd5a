from typing import Annotated

import gantry


@gantry.command
def hello(name: str = "robot", interval: Annotated[float, "s"] = 1.0):
    """Says hello, again and again.

    Args:
        name: Whom to greet.
        interval: Time between two greetings.
    """
    try:
        while True:
            print(f"Hello, {name}!")
            gantry.wait(interval)
    finally:
        print(f"Goodbye, {name}!")
