/**
 * Multiple choice by two protocols, whose scores are never to be compared: log-likelihoods of the
 * choices, and generated text that is searched for an answer.
 */
@NullMarked
package dev.orthant.eval.choice;

import org.jspecify.annotations.NullMarked;
