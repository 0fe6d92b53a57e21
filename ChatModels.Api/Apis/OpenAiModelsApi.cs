using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>The models as OpenAI's clients list them: those that are enabled, by the names that requests may use.</summary>
internal static class OpenAiModelsApi
{
    // The registry keeps no birthday of a model. Clients want the field to be there, a time, and always the same: 2026-01-01.
    private const long Created = 1767225600;

    public static IEndpointRouteBuilder MapOpenAiModelsApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/models").WithTags("OpenAI");
        group.MapGet("", ListModels).WithName("ListOpenAiModels").WithSummary("Enabled models, ordered by name").WithOpenAiErrors(401, 503);
        group.MapGet("/{**id}", GetModel).WithName("GetOpenAiModel").WithSummary("One enabled model, by its name or an alias").WithOpenAiErrors(401, 404, 503);
        return routes;
    }

    internal static Results<Ok<OpenAiModelList>, OpenAiProblem> ListModels(ModelRegistry registry)
    {
        var snapshot = registry.Current;
        if (snapshot.Head is null)
        {
            return NotLoaded();
        }

        var models = snapshot.Models.Values
            .Where(model => model.Config.Enabled)
            .OrderBy(model => model.Id, StringComparer.Ordinal)
            .Select(model => View(model.Id, model));
        return TypedResults.Ok(new OpenAiModelList { Data = [.. models] });
    }

    internal static Results<Ok<OpenAiModelView>, OpenAiProblem> GetModel(ModelRegistry registry, string? id)
    {
        var snapshot = registry.Current;
        if (snapshot.Head is null)
        {
            return NotLoaded();
        }

        var name = ModelName.Of(id);
        // A wildcard is listed by its own name, which no request can ask for.
        return (snapshot.TryFindModel(name, out var model) || snapshot.Models.TryGetValue(name, out model)) && model.Config.Enabled
            ? TypedResults.Ok(View(name, model))
            : new OpenAiProblem(
                model is null ? ErrorCodes.ModelNotFound : ErrorCodes.ModelDisabled,
                model is null ? "There is no model of that name. GET /v1/models lists those there are." : "This model is switched off.",
                "model");
    }

    private static OpenAiModelView View(string name, ModelEntry model) =>
        new() { Id = name, Created = Created, OwnedBy = model.Config.Deployments is [var first, ..] ? first.Provider : "" };

    private static OpenAiProblem NotLoaded() => new(ErrorCodes.RegistryNotLoaded, "The registry is not loaded yet. Try again in a second.");
}
