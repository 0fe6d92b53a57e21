using ChatModels.Api.Bodies;
using ChatModels.Api.Conditions;
using ChatModels.Api.Errors;
using ChatModels.Api.Security;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

internal static class ProvidersApi
{
    public static IEndpointRouteBuilder MapProvidersApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/registry/providers").WithTags("Providers");
        group.MapGet("", ListProviders).WithName("ListProviders").WithQuery("registry.list_providers", "type").WithProblems(400, 503)
            .WithSummary("Providers, ordered by id");
        group.MapGet("/{id}", GetProvider).WithName("GetProvider").WithQuery("registry.get_provider").WithProblems(400, 404, 503)
            .Produces(StatusCodes.Status304NotModified).WithSummary("One provider");
        group.MapPut("/{id}", PutProviderAsync).WithName("PutProvider").WithoutQuery("registry.put_provider").Accepts<ProviderInput>("application/json").WithProblems(400, 409, 412, 413, 415, 503)
            .WithSummary("Creates or replaces a provider");
        group.MapDelete("/{id}", DeleteProviderAsync).WithName("DeleteProvider").WithoutQuery("registry.delete_provider").WithProblems(400, 404, 409, 412, 503)
            .WithSummary("Deletes a provider that no model uses");
        return routes;
    }

    internal static Results<Ok<ProviderList>, RegistryProblem> ListProviders(HttpContext http, ModelRegistry registry, string? type)
    {
        if (RegistryReads.Read(http, registry) is not { } snapshot)
        {
            return RegistryReads.NotLoaded("registry.list_providers");
        }

        var providers = snapshot.Providers.Values
            .Where(provider => type is null || provider.Config.Type == type)
            .OrderBy(provider => provider.Id, StringComparer.Ordinal)
            .Select(ProviderView.Of);
        return TypedResults.Ok(new ProviderList(snapshot.Head!.Revision, [.. providers]));
    }

    internal static Results<Ok<ProviderView>, StatusCodeHttpResult, RegistryProblem> GetProvider(HttpContext http, ModelRegistry registry, string id)
    {
        const string Op = "registry.get_provider";
        if (RegistryReads.Read(http, registry) is not { } snapshot)
        {
            return RegistryReads.NotLoaded(Op);
        }

        if (!snapshot.Providers.TryGetValue(id, out var provider))
        {
            return new RegistryProblem(Op, ErrorCodes.NotFound, "There is no provider of that id. GET /registry/providers lists those there are.");
        }

        EntityTags.Write(http.Response, provider.Tag);
        return EntityTags.IsKnown(http.Request, provider.Tag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(ProviderView.Of(provider));
    }

    internal static async Task<Results<Ok<ProviderView>, Created<ProviderView>, RegistryProblem>> PutProviderAsync(
        HttpContext http, ModelRegistry registry, string id, CancellationToken cancellationToken)
    {
        const string Op = "registry.put_provider";
        if (!WriteConditions.TryRead(http.Request, Op, out var conditions, out var problem))
        {
            return problem;
        }

        (var input, problem) = await EntityBody.ReadAsync(http.Request, id, HttpJson.Default.ProviderInput, Op, cancellationToken);
        if (input is null)
        {
            return problem!;
        }

        var config = input.ToConfig();
        var result = await conditions.ApplyAsync(precondition => registry.PutProviderAsync(id, config, precondition, Caller.Of(http), cancellationToken));
        if (Written.Failed(http, result) is { } failed)
        {
            return failed;
        }

        var tag = result.Tag!.Value;
        var unusable = registry.Current.Providers.TryGetValue(id, out var entry) && entry.Tag == tag ? entry.Unusable : null;
        var view = ProviderView.Of(id, config, tag, unusable);
        return result.Created ? TypedResults.Created($"/registry/providers/{id}", view) : TypedResults.Ok(view);
    }

    internal static async Task<Results<NoContent, RegistryProblem>> DeleteProviderAsync(
        HttpContext http, ModelRegistry registry, string id, CancellationToken cancellationToken)
    {
        if (!WriteConditions.TryRead(http.Request, "registry.delete_provider", out var conditions, out var problem))
        {
            return problem;
        }

        var result = await conditions.ApplyAsync(precondition => registry.DeleteProviderAsync(id, precondition, Caller.Of(http), cancellationToken));
        return Written.Failed(http, result) is { } failed ? failed : TypedResults.NoContent();
    }
}
