namespace ChatModels;

/// <summary>One mistake in something that was given: where it stands, and how to cure it.</summary>
/// <param name="Path">A JSON path from the root of what was given (<c>$.deployments[1].provider</c>), or a configuration key.</param>
/// <param name="Message">What is wrong and what to give instead, as a sentence.</param>
public sealed record ValidationIssue(string Path, string Message);
