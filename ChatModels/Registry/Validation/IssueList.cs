namespace ChatModels.Registry.Validation;

/// <summary>Collects the mistakes of one entity, bounded: whoever made a hundred is helped by the first hundred.</summary>
internal sealed class IssueList(string root)
{
    private const int Most = 100;

    private readonly List<ValidationIssue> _issues = [];

    public IReadOnlyList<ValidationIssue> Issues => _issues;

    /// <summary>Adds a mistake; <paramref name="path"/> goes on where the entity's own path ends: <c>.deployments[1].provider</c>.</summary>
    public void Add(string path, string message)
    {
        if (_issues.Count < Most)
        {
            _issues.Add(new ValidationIssue(root + path, message));
        }
    }

    public bool Has(string path) => _issues.Exists(i => i.Path == root + path);
}
