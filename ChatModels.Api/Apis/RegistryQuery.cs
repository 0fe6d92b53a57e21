using System.Globalization;
using ChatModels.Api.Errors;
using ChatModels.Registry;

namespace ChatModels.Api.Apis;

/// <summary>The query parameters that a route takes, and no others: a typo would silently list everything, or write for good what was meant as a rehearsal.</summary>
internal static class RegistryQuery
{
    private const string MinRevision = "minRevision";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>A read takes these parameters and <c>minRevision</c>, for which it waits.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string op, params string[] parameters)
    {
        string[] known = [.. parameters, MinRevision];
        return route.AddEndpointFilter(async (context, next) =>
            Check(context.HttpContext.Request.Query, known, op) ?? await WaitAsync(context.HttpContext, op) ?? await next(context));
    }

    /// <summary>A write takes none.</summary>
    public static RouteHandlerBuilder WithoutQuery(this RouteHandlerBuilder route, string op) =>
        route.AddEndpointFilter((context, next) =>
            Check(context.HttpContext.Request.Query, [], op) is { } problem ? ValueTask.FromResult<object?>(problem) : next(context));

    public static RegistryProblem Invalid(string op, params IReadOnlyList<ValidationIssue> issues) =>
        new(op, ErrorCodes.InvalidRequest, $"{issues[0].Path}: {issues[0].Message}") { Issues = issues };

    private static RegistryProblem? Check(IQueryCollection query, string[] known, string op)
    {
        var there = known is [] ? "There are none" : $"There are {string.Join(", ", known)}";
        List<ValidationIssue> issues =
        [
            .. query.Keys.Except(known, StringComparer.OrdinalIgnoreCase).Select(name => new ValidationIssue($"?{name}", $"There is no such query parameter here. {there}.")),
            .. query.Where(parameter => parameter.Value.Count > 1).Select(parameter => new ValidationIssue($"?{parameter.Key}", "Give it once.")),
        ];
        return issues is [] ? null : Invalid(op, issues);
    }

    private static async ValueTask<RegistryProblem?> WaitAsync(HttpContext http, string op)
    {
        if (http.Request.Query[MinRevision] is not [var text])
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            return Invalid(op, new ValidationIssue($"?{MinRevision}", "Give a whole number of 0 or more: the revision to wait for."));
        }

        var registry = http.RequestServices.GetRequiredService<ModelRegistry>();
        return await registry.WaitForRevisionAsync(revision, LongestWait, http.RequestAborted)
            ? null
            : new RegistryProblem(op, ErrorCodes.RevisionNotReached, $"This replica did not reach revision {revision} within {LongestWait.TotalSeconds:0} s; it serves {registry.Current.Head?.Revision ?? 0}.");
    }
}
