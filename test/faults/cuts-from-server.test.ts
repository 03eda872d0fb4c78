import { cutEverywhere } from "./support/cuts.js";

cutEverywhere("fromServer");
