package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;

/** Who waits for a probe's answer; only the first call counts. */
interface Answer {
  void right();

  void wrong(CloseReason reason, String message);
}
