package com.github.shiroedev2024.leaf.core.cli;

/** A command cannot do what it was asked to. The message is for a person, without a stack trace. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CommandException(String message) {
    super(message, null, false, false);
  }
}
