package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.api.model.RuntimeReplies;
import com.github.shiroedev2024.leaf.api.model.StatReply;
import com.github.shiroedev2024.leaf.api.page.StatPage;
import com.github.shiroedev2024.leaf.runtime.control.Replies;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/** Connections, alive and finished, and the totals of tags and users. */
final class StatApi {
  private final RuntimeControl control;

  StatApi(RuntimeControl control) {
    this.control = control;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/runtime/stat/json", call -> json(control::activeConnections)),
        Route.get(
            "/api/v1/runtime/stat/html",
            call -> StatPage.active(call).reply(control::activeConnections)),
        Route.get("/api/v1/runtime/stat/recent/json", call -> json(this::recent)),
        Route.get(
            "/api/v1/runtime/stat/recent/html", call -> StatPage.recent(call).reply(this::recent)),
        Route.post("/api/v1/runtime/stat/close", this::close),
        Route.get("/api/v1/runtime/usage/json", this::usage));
  }

  private void recent(Consumer<Replies.Connection> each) {
    control.recentConnections().forEach(each);
  }

  private static Reply json(Consumer<Consumer<Replies.Connection>> connections) {
    return Reply.jsonStream(
        sink -> {
          sink.write("[");
          String[] comma = {""};
          try {
            connections.accept(
                connection -> {
                  try {
                    sink.write(comma[0] + Reply.text(json -> StatReply.write(json, connection)));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  comma[0] = ",";
                });
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
          sink.write("]");
        });
  }

  private Reply close(Call call) {
    if ((call.text("id") == null) == (call.text("outbound") == null)) {
      throw Call.badRequest("give either parameter 'id' or parameter 'outbound'");
    }
    String outbound = call.optional("outbound");
    int closed;
    if (outbound == null) {
      control.closeConnection(call.requiredNumber("id", 0, Long.MAX_VALUE));
      closed = 1;
    } else {
      closed = control.closeConnections(outbound);
    }
    return Reply.json(json -> RuntimeReplies.closed(json, closed));
  }

  private Reply usage(Call call) {
    if ((call.text("tag") == null) == (call.text("userId") == null)) {
      throw Call.badRequest("give either parameter 'tag' or parameter 'userId'");
    }
    String tag = call.optional("tag");
    Replies.Usage usage =
        tag == null ? control.usageOfUser(call.required("userId")) : control.usageOfTag(tag);
    return Reply.json(json -> RuntimeReplies.usage(json, usage));
  }
}
