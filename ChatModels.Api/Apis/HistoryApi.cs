using System.Globalization;
using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>The change log: who wrote what, when, and what was there before.</summary>
internal static class HistoryApi
{
    private const string Op = "registry.read_history";
    private const int UsualLimit = 100;
    private const int MostLimit = 1_000;

    public static IEndpointRouteBuilder MapHistoryApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/registry/history", ReadHistoryAsync).WithTags("Registry").WithName("ReadHistory").WithQuery(Op, "after", "limit", "stamp").WithProblems(400, 410, 503)
            .WithSummary("The change log: writes after a revision, the newest ones, or the one that a stamp names");
        return routes;
    }

    internal static async Task<Results<Ok<HistoryView>, RegistryProblem>> ReadHistoryAsync(
        ModelRegistry registry, string? after, string? limit, string? stamp, CancellationToken cancellationToken)
    {
        List<ValidationIssue> issues = [];
        var revision = Number("?after", after, 0, long.MaxValue, "a revision: the writes after it are listed", issues);
        var most = Number("?limit", limit, 1, MostLimit, $"how many writes to list; {UsualLimit} where absent", issues) ?? UsualLimit;
        if (stamp is not null && (stamp.Length == 0 || after is not null || limit is not null))
        {
            issues.Add(new ValidationIssue("?stamp", "Give a write's stamp, and neither 'after' nor 'limit' with it."));
        }

        if (issues is not [])
        {
            return RegistryQuery.Invalid(Op, issues);
        }

        var history = stamp is null ? await registry.ReadHistoryAsync(revision, (int)most, cancellationToken) : await registry.FindWriteAsync(stamp, cancellationToken);
        return history.Failure is { } failure ? RegistryProblem.Of(failure) : TypedResults.Ok(HistoryView.Of(history));
    }

    private static long? Number(string name, string? text, long least, long most, string meaning, List<ValidationIssue> issues)
    {
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        issues.Add(new ValidationIssue(name, most == long.MaxValue ? $"Give a whole number of {least} or more, {meaning}." : $"Give a whole number from {least} to {most}: {meaning}."));
        return null;
    }
}
