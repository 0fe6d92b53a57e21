using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>The registry as a whole: which state of it this replica serves, who else serves it, and what providers can be made of.</summary>
internal static class RegistryApi
{
    private const string Refresh = "registry.refresh";

    public static IEndpointRouteBuilder MapRegistryApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/registry").WithTags("Registry");
        group.MapGet("", GetRegistry).WithName("GetRegistry").WithQuery("registry.get").WithProblems(400, 503)
            .WithSummary("The registry as this replica sees it");
        group.MapPost("/refresh", RefreshAsync).WithName("RefreshRegistry").WithoutQuery(Refresh).WithProblems(400, 503)
            .WithSummary("Has the answering replica compare itself with the store now, which it does every few seconds anyway");
        group.MapGet("/replicas", ListReplicasAsync).WithName("ListReplicas").WithQuery("registry.list_replicas").WithProblems(400, 503)
            .WithSummary("Every live process that serves the registry");
        group.MapGet("/provider-types", ListProviderTypes).WithName("ListProviderTypes").WithQuery("registry.list_provider_types").WithProblems(400, 503)
            .WithSummary("The adapters in this build, and the options they take");
        return routes;
    }

    internal static Ok<RegistryView> GetRegistry(HttpContext http, ModelRegistry registry)
    {
        var snapshot = registry.Current;
        RegistryReads.NameRevision(http.Response, snapshot.Head);
        return TypedResults.Ok(RegistryView.Of(snapshot, registry.Status));
    }

    internal static async Task<Results<Ok<RegistryView>, RegistryProblem>> RefreshAsync(
        HttpContext http, RegistryRefresher refresher, ModelRegistry registry, CancellationToken cancellationToken)
    {
        await refresher.RefreshAsync(cancellationToken);
        return registry.Status is { State: RegistryState.Loading or RegistryState.Stale } status
            ? new RegistryProblem(Refresh, ErrorCodes.RegistryUnavailable, $"The store could not be compared with: {status.Reason}")
            : GetRegistry(http, registry);
    }

    internal static async Task<Results<Ok<ReplicaList>, RegistryProblem>> ListReplicasAsync(ModelRegistry registry, CancellationToken cancellationToken)
    {
        var replicas = await registry.ListReplicasAsync(cancellationToken);
        return TypedResults.Ok(new ReplicaList([.. replicas.Select(ReplicaView.Of)]));
    }

    internal static Ok<ProviderTypeList> ListProviderTypes(ChatProviderTypes types) =>
        TypedResults.Ok(new ProviderTypeList([.. types.List().Select(ProviderTypeView.Of)]));
}
