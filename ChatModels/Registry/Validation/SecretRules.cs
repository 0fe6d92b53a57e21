using ChatModels.Secrets;

namespace ChatModels.Registry.Validation;

/// <summary>What a reference to a secret may be. Whether there is a value is each process' own matter, and no mistake in the entity.</summary>
internal static class SecretRules
{
    public const string NameMistake =
        "A secret's name must be 1 to 127 letters, digits and any of ._- beginning with a letter, digit or '_': the name under Secrets:, never the value.";

    public static void Check(string path, SecretReference? reference, IssueList issues)
    {
        if (reference is not null && !SecretWords.IsName(reference.Secret))
        {
            issues.Add(path + ".secret", NameMistake);
        }
    }
}
