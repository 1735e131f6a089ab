package dev.orthant.eval.tasks;

import org.jspecify.annotations.Nullable;

/**
 * An example sentence of a LanguageTool rule.
 *
 * @param category id of the category of the rule; empty if it has none
 * @param rule id of the rule, or of the group of rules that it is part of
 * @param text the sentence, white space collapsed
 * @param wrong whether the sentence has the mistake that the rule looks for
 * @param corrected the sentence with its mistake put right, where that is known
 */
record RuleExample(
    String category, String rule, String text, boolean wrong, @Nullable String corrected) {}
