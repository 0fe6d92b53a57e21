using ChatModels.Api.Bodies;
using ChatModels.Api.Errors;
using ChatModels.Api.Security;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>What changes the registry as a whole. Each can be tried first.</summary>
internal static class RegistryWritesApi
{
    private const int MostMiBToApply = 8;
    private const int MostMiB = 1;

    public static IEndpointRouteBuilder MapRegistryWritesApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/registry").WithTags("Registry");
        group.MapPost("/apply", ApplyAsync).WithName("ApplyRegistry").WithoutQuery("registry.apply").Accepts<ApplyInput>("application/json")
            .WithProblems(400, 409, 413, 415, 503).WithSummary("Writes any number of providers and models: all or nothing, in one revision");
        group.MapPost("/rollback", RollbackAsync).WithName("RollbackRegistry").WithoutQuery("registry.rollback").Accepts<RollbackInput>("application/json")
            .WithProblems(400, 409, 410, 413, 415, 503).WithSummary("Undoes everything after a revision, in a new revision");
        group.MapPost("/accept", AcceptAsync).WithName("AcceptRegistry").WithoutQuery("registry.accept").Accepts<AcceptInput>("application/json")
            .WithProblems(400, 409, 413, 415, 503).WithSummary("Takes the store's history in place of the one that the answering replica holds, after it has diverged");
        return routes;
    }

    internal static async Task<Results<Ok<DifferenceView>, RegistryProblem>> ApplyAsync(HttpContext http, ModelRegistry registry, CancellationToken cancellationToken)
    {
        const string Op = "registry.apply";
        var (input, problem) = await JsonBody.ReadAsync(http.Request, HttpJson.Default.ApplyInput, Op, MostMiBToApply, cancellationToken);
        if (input is { Confirm: not (null or "empty") })
        {
            problem = new RegistryProblem(Op, ErrorCodes.ValidationFailed, "$.confirm: Leave it out, or give \"empty\".")
            {
                Issues = [new ValidationIssue("$.confirm", "Leave it out, or give \"empty\".")],
            };
        }

        return problem is not null
            ? problem
            : Answer(http, await registry.ApplyAsync(input!.ToApply(), Caller.Of(http), cancellationToken), input.DryRun);
    }

    internal static async Task<Results<Ok<DifferenceView>, RegistryProblem>> RollbackAsync(HttpContext http, ModelRegistry registry, CancellationToken cancellationToken)
    {
        var (input, problem) = await JsonBody.ReadAsync(http.Request, HttpJson.Default.RollbackInput, "registry.rollback", MostMiB, cancellationToken);
        return problem is not null
            ? problem
            : Answer(http, await registry.RollbackAsync(input!.ToRevision, input.DryRun ?? false, Caller.Of(http), cancellationToken), input.DryRun);
    }

    internal static async Task<Results<Ok<DifferenceView>, RegistryProblem>> AcceptAsync(HttpContext http, ModelRegistry registry, CancellationToken cancellationToken)
    {
        var (input, problem) = await JsonBody.ReadAsync(http.Request, HttpJson.Default.AcceptInput, "registry.accept", MostMiB, cancellationToken);
        return problem is not null
            ? problem
            : Answer(http, await registry.AcceptAsync(input!.DryRun ?? false, cancellationToken), input.DryRun);
    }

    private static Results<Ok<DifferenceView>, RegistryProblem> Answer(HttpContext http, RegistryResult result, bool? dryRun) =>
        Written.Failed(http, result) is { } failed ? failed : TypedResults.Ok(DifferenceView.Of(result.Difference!, dryRun ?? false));
}
