package io.touchstone.desk.forward;

import java.util.Map;

/** A request of HTTP: a POST of JSON. */
record Call(String url, Map<String, String> headers, String body) {}
