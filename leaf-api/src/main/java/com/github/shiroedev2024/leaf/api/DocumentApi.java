package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Resources;
import com.github.shiroedev2024.leaf.api.http.Route;
import java.util.List;

/** The OpenAPI document of all calls, this one included. */
final class DocumentApi {
  private static final String DOCUMENT = Resources.text(DocumentApi.class, "openapi.yaml");

  List<Route> routes() {
    return List.of(Route.get("/openapi.yaml", DocumentApi::document));
  }

  private static Reply document(Call call) {
    return Reply.yaml(DOCUMENT);
  }
}
