// Why no task is at hand, in words.
export const REASONS = {
  unguided: "The guideline of the next task cannot be had at this moment.", busy: "Others are taking what is left at this moment.",
  done: "Nothing is left for you at present.", paused: "The campaign is paused.", closed: "The campaign is closed.",
  unskilled: "Your skills do not fit what is left.", calibration_failed: "You did not pass the calibration round.",
  budget_spent: "The budget is spent.", unavailable: "You said that you are not available; change it under Workforce.",
  stopped: "Operations have stopped your work here; your inbox says why.",
};

// What can be done about it, by whom.
export const remedy = (why, asked) => (why === "calibration_failed" ? `Who runs the campaign was told (${asked}), and can let you try again or vouch for you. Meanwhile read the guideline again.` : "");

export const GIVEN_BACK = "Given back. Others get it first; it comes to you again only when no other work is left.";
