package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A part of the page: a table, a chart, or a choice among several. */
interface Block {

  /** What the page's script draws it from. */
  ObjectNode json();
}
