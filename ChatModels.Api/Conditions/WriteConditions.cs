using System.Diagnostics.CodeAnalysis;
using ChatModels.Api.Errors;
using ChatModels.Registry;

namespace ChatModels.Api.Conditions;

/// <summary>What must hold for a write: <c>If-Match</c> (tags or <c>*</c>) and <c>If-None-Match: *</c>.</summary>
internal sealed class WriteConditions
{
    // No tag of ours: a condition with it never holds.
    private const string NoTag = "";

    private readonly IReadOnlyList<string>? _tags;
    private readonly bool _mustExist;
    private readonly bool _mustNotExist;

    private WriteConditions(IReadOnlyList<string>? tags, bool mustExist, bool mustNotExist)
    {
        _tags = tags;
        _mustExist = mustExist;
        _mustNotExist = mustNotExist;
    }

    public static bool TryRead(HttpRequest request, string op, [NotNullWhen(true)] out WriteConditions? conditions, [NotNullWhen(false)] out RegistryProblem? problem)
    {
        conditions = null;
        if (!EntityTags.TryRead(request.Headers.IfMatch, out var match, strong: true))
        {
            problem = new RegistryProblem(op, ErrorCodes.InvalidRequest, "The header 'If-Match' is malformed; give *, or tags in quotes as ETag has them, separated by commas.");
            return false;
        }

        if (!EntityTags.TryRead(request.Headers.IfNoneMatch, out var noneMatch) || noneMatch.Tags.Count > 0)
        {
            problem = new RegistryProblem(op, ErrorCodes.InvalidRequest, "With a write the header 'If-None-Match' takes only *, which means: only if there is none yet.");
            return false;
        }

        var isGiven = request.Headers.IfMatch.Count > 0;
        conditions = new WriteConditions(isGiven && !match.Any ? match.Tags : null, match.Any, noneMatch.Any);
        problem = null;
        return true;
    }

    /// <summary>Writes under these conditions. The registry takes one tag at a time; which of several counts is only known once it says what the entity's tag is.</summary>
    public async Task<RegistryResult> ApplyAsync(Func<Precondition, Task<RegistryResult>> write)
    {
        if (_tags is null)
        {
            return await write(new Precondition(null, _mustExist, _mustNotExist));
        }

        var result = await write(new Precondition(_tags is [var first, ..] ? first : NoTag, false, _mustNotExist));
        return result.Failure is { Code: ErrorCodes.PreconditionFailed, CurrentTag: { } current } && _tags.Skip(1).Contains(current.ToString(), StringComparer.Ordinal)
            ? await write(new Precondition(current.ToString(), false, _mustNotExist))
            : result;
    }
}
