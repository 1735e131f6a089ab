package dev.orthant.eval.report;

/**
 * One trained adapter.
 *
 * @param adapter the kind of adapter
 * @param task its task
 * @param seed its seed
 * @param folder of the adapter, relative to the output folder
 */
record Run(String adapter, String task, long seed, String folder) {}
