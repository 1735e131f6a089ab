package dev.orthant.core.text;

/**
 * What a language model is given, and what it is to write after it.
 *
 * @param prompt may be empty
 * @param completion follows the prompt without anything between them
 */
public record Prompted(String prompt, String completion) {}
