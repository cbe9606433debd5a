import { command, number, text, wait } from "gantry-sdk";

command(
  {
    name: "hello",
    summary: "Says hello, again and again.",
    parameters: {
      name: text({ default: "robot", summary: "Whom to greet." }),
      interval: number({ unit: "s", default: 1, summary: "Time between two greetings." }),
    },
  },
  ({ name, interval }) => {
    try {
      for (;;) {
        console.log(`Hello, ${name}!`);
        wait(interval);
      }
    } finally {
      console.log(`Goodbye, ${name}!`);
    }
  },
);
