using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Chat.Health;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>Where requests for each model may go now, as the answering replica has seen it.</summary>
internal static class DeploymentsApi
{
    private const string Op = "registry.list_deployments";

    public static IEndpointRouteBuilder MapDeploymentsApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/registry/deployments", ListDeployments).WithTags("Deployments").WithName("ListDeployments").WithQuery(Op, "model").WithProblems(400, 404, 503)
            .WithSummary("Every deployment, ordered by model: its health as the answering replica has seen it, why it cools down, and until when");
        return routes;
    }

    internal static Results<Ok<DeploymentHealthList>, RegistryProblem> ListDeployments(HttpContext http, ModelRegistry registry, DeploymentTable table, string? model)
    {
        if (RegistryReads.Read(http, registry) is not { } snapshot)
        {
            return RegistryReads.NotLoaded(Op);
        }

        ModelEntry? one = null;
        if (model is not null && !snapshot.TryFindModel(model, out one))
        {
            return new RegistryProblem(Op, ErrorCodes.NotFound, "There is no model of that name. GET /registry/models lists those there are.");
        }

        IEnumerable<ModelEntry> models = one is not null ? [one] : snapshot.Models.Values.OrderBy(m => m.Id, StringComparer.Ordinal);
        return TypedResults.Ok(new DeploymentHealthList(
            snapshot.Head!.Revision,
            registry.Status.ReplicaId,
            [.. models.SelectMany(m => m.Deployments.Select(d => DeploymentHealthView.Of(m, d, table)))]));
    }
}
