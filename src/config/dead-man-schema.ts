/** A robot that walks on when nobody is there any more: its config must say so in words, so that nobody arms it unknowingly. */
import Type from "typebox";

export const deadMan = Type.String({
  pattern: "^none: \\S.{19,}$",
  patternErrorMessage:
    "`none: ` and, in words, who or what stops the robot when this computer cannot, for example: `none: the cable is short and I hold the battery's button`",
  description:
    "The robot has no dead-man: when this computer dies or the link breaks, it walks on. Write `none: ` and who or what stops it then",
});
