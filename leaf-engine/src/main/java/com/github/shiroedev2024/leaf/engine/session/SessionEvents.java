package com.github.shiroedev2024.leaf.engine.session;

/** Who is told what happens to a session. Called on the session's event loop. */
public interface SessionEvents {
  /** Bytes were counted for the first time since the last {@link Session#flush}. */
  void dirty(Session session);

  /** The session has ended; called once. */
  void ended(Session session);

  /** Listens to nothing: for probes, which enter no statistics. */
  SessionEvents NONE =
      new SessionEvents() {
        @Override
        public void dirty(Session session) {}

        @Override
        public void ended(Session session) {}
      };
}
