using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Chat.Probing;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>What probes say of providers. They are asked for their list of models, which nobody bills.</summary>
internal static class ProviderHealthApi
{
    public static IEndpointRouteBuilder MapProviderHealthApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/registry/provider-health").WithTags("Providers");
        group.MapGet("/{id}", GetProviderHealth).WithName("GetProviderHealth").WithQuery("registry.get_provider_health").WithProblems(400, 404, 503)
            .WithSummary("What the last probe of a provider found, by whichever replica, and how long ago");
        group.MapPost("/{id}", ProbeProviderAsync).WithName("ProbeProvider").WithoutQuery("registry.probe_provider").WithProblems(400, 404, 503)
            .WithSummary("Probes a provider now, from the answering replica");
        return routes;
    }

    internal static Results<Ok<ProviderHealthView>, RegistryProblem> GetProviderHealth(HttpContext http, ModelRegistry registry, ProbeTable probes, string id) =>
        TryFind(http, registry, id, "registry.get_provider_health", out var problem) is null
            ? problem!
            : TypedResults.Ok(ProviderHealthView.Of(id, probes.Find(id), probes));

    internal static async Task<Results<Ok<ProviderHealthView>, RegistryProblem>> ProbeProviderAsync(
        HttpContext http, ModelRegistry registry, ProbeTable table, ProviderProbes probes, string id, CancellationToken cancellationToken)
    {
        const string Op = "registry.probe_provider";
        if (TryFind(http, registry, id, Op, out var problem) is not { } provider)
        {
            return problem!;
        }

        if (provider.Slot is null)
        {
            return new RegistryProblem(Op, ErrorCodes.ModelUnavailableHere, $"This replica can't use the provider, and so can't probe it: {provider.Unusable}");
        }

        var result = await probes.ProbeAsync(provider, cancellationToken);
        return TypedResults.Ok(ProviderHealthView.Of(id, result ?? table.Find(id), table));
    }

    private static ProviderEntry? TryFind(HttpContext http, ModelRegistry registry, string id, string op, out RegistryProblem? problem)
    {
        var snapshot = RegistryReads.Read(http, registry);
        var provider = snapshot?.Providers.GetValueOrDefault(id);
        problem = snapshot is null ? RegistryReads.NotLoaded(op)
            : provider is null ? new RegistryProblem(op, ErrorCodes.NotFound, "There is no provider of that id. GET /registry/providers lists those there are.")
            : null;
        return provider;
    }
}
