using ChatModels.Registry.Validation;

namespace ChatModels.Registry.Writing;

/// <summary>Holds a change against exactly the snapshot that it is to change.</summary>
internal sealed class WriteChecks(RegistryValidator validator)
{
    /// <summary>Why the change can't be made; null when it can. Preconditions come last, as HTTP says: they only decide about a request that would succeed.</summary>
    public RegistryFailure? Check(RegistryChange change, RegistrySnapshot snapshot)
    {
        var registry = new ProposedRegistry(snapshot, change);
        IReadOnlyList<ValidationIssue> issues = [.. change.Mistakes, .. validator.Validate(change, registry)];
        return issues.Count > 0 ? WriteFailures.Invalid(change.Op, issues) : CheckDeletes(change, snapshot, registry) ?? CheckPreconditions(change, snapshot);
    }

    private static RegistryFailure? CheckDeletes(RegistryChange change, RegistrySnapshot snapshot, ProposedRegistry registry)
    {
        RegistryFailure? first = null;
        List<ValidationIssue> all = [];
        foreach (var entity in change.Entities.Where(e => e.IsDelete))
        {
            if (EntityValues.Tag(snapshot, entity.Kind, entity.Id) is null && !change.Unreadable.Contains((entity.Kind, entity.Id)))
            {
                return WriteFailures.NotFound(change.Op, entity);
            }

            if (DependencyRules.Check(entity, registry) is { } used && all.Count < RegistryValidator.MostIssues)
            {
                first ??= WriteFailures.Failure(change.Op, used.Code, used.Message);
                all.Add(new ValidationIssue(entity.Path, used.Message));
            }
        }

        return change.IsBulk ? first is null ? null : first with { Issues = all } : first;
    }

    private static RegistryFailure? CheckPreconditions(RegistryChange change, RegistrySnapshot snapshot) =>
        change.Entities.Select(e => CheckPrecondition(change.Op, e, EntityValues.Tag(snapshot, e.Kind, e.Id))).FirstOrDefault(f => f is not null);

    private static RegistryFailure? CheckPrecondition(string op, EntityChange entity, EntityTag? now)
    {
        var mistake = (entity.Precondition, now) switch
        {
            ({ MustNotExist: true }, { } tag) => $"It exists already, with the tag {tag}; leave out If-None-Match to replace it.",
            ({ MustExist: true }, null) => "It does not exist; leave out If-Match to create it.",
            ({ IfMatch: not null }, null) => "It does not exist any more; leave out If-Match to create it.",
            ({ IfMatch: { } wanted }, { } tag) when wanted != tag.ToString() => $"It was changed since: its tag is {tag}; read it again and repeat the change on that.",
            _ => null,
        };
        return mistake is null ? null : WriteFailures.Failure(op, ErrorCodes.PreconditionFailed, mistake) with { CurrentTag = now };
    }
}
