using ChatModels.Api.Bodies;
using ChatModels.Api.Conditions;
using ChatModels.Api.Errors;
using ChatModels.Api.Security;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

internal static class ModelsApi
{
    public static IEndpointRouteBuilder MapModelsApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/registry/models").WithTags("Models");
        group.MapGet("", ListModels).WithName("ListModels").WithQuery("registry.list_models", "capability", "provider", "enabled").WithProblems(400, 503)
            .WithSummary("Models, ordered by name");
        group.MapGet("/{**id}", GetModel).WithName("GetModel").WithQuery("registry.get_model").WithProblems(400, 404, 503)
            .Produces(StatusCodes.Status304NotModified).WithSummary("One model");
        group.MapPut("/{**id}", PutModelAsync).WithName("PutModel").WithoutQuery("registry.put_model").Accepts<ModelInput>("application/json").WithProblems(400, 409, 412, 413, 415, 503)
            .WithSummary("Creates or replaces a model");
        group.MapDelete("/{**id}", DeleteModelAsync).WithName("DeleteModel").WithoutQuery("registry.delete_model").WithProblems(400, 404, 409, 412, 503)
            .WithSummary("Deletes a model that no other falls back to");
        return routes;
    }

    internal static Results<Ok<ModelList>, RegistryProblem> ListModels(
        HttpContext http, ModelRegistry registry, string? capability, string? provider, string? enabled)
    {
        if (!ModelFilter.TryCreate(capability, provider, enabled, out var filter, out var problem))
        {
            return problem;
        }

        if (RegistryReads.Read(http, registry) is not { } snapshot)
        {
            return RegistryReads.NotLoaded("registry.list_models");
        }

        var models = snapshot.Models.Values.Where(filter.Fits).OrderBy(model => model.Id, StringComparer.Ordinal).Select(ModelView.Of);
        return TypedResults.Ok(new ModelList(snapshot.Head!.Revision, [.. models]));
    }

    internal static Results<Ok<ModelView>, StatusCodeHttpResult, RegistryProblem> GetModel(HttpContext http, ModelRegistry registry, string? id)
    {
        const string Op = "registry.get_model";
        if (RegistryReads.Read(http, registry) is not { } snapshot)
        {
            return RegistryReads.NotLoaded(Op);
        }

        var name = ModelName.Of(id);
        if (!snapshot.Models.TryGetValue(name, out var model))
        {
            return new RegistryProblem(Op, ErrorCodes.NotFound, snapshot.TryFindModel(name, out var aliased)
                ? $"There is no model of that name; requests for it are served by '{aliased.Id}'."
                : "There is no model of that name. GET /registry/models lists those there are.");
        }

        EntityTags.Write(http.Response, model.Tag);
        return EntityTags.IsKnown(http.Request, model.Tag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(ModelView.Of(model));
    }

    internal static async Task<Results<Ok<ModelView>, Created<ModelView>, RegistryProblem>> PutModelAsync(
        HttpContext http, ModelRegistry registry, string? id, CancellationToken cancellationToken)
    {
        const string Op = "registry.put_model";
        if (!WriteConditions.TryRead(http.Request, Op, out var conditions, out var problem))
        {
            return problem;
        }

        var name = ModelName.Of(id);
        (var input, problem) = await EntityBody.ReadAsync(http.Request, name, HttpJson.Default.ModelInput, Op, cancellationToken);
        if (input is null)
        {
            return problem!;
        }

        var config = input.ToConfig();
        var result = await conditions.ApplyAsync(precondition => registry.PutModelAsync(name, config, precondition, Caller.Of(http), cancellationToken));
        if (Written.Failed(http, result) is { } failed)
        {
            return failed;
        }

        var tag = result.Tag!.Value;
        var unusable = registry.Current.Models.TryGetValue(name, out var entry) && entry.Tag == tag ? entry.Unusable : null;
        var view = ModelView.Of(name, config, tag, unusable);
        return result.Created ? TypedResults.Created($"/registry/models/{name}", view) : TypedResults.Ok(view);
    }

    internal static async Task<Results<NoContent, RegistryProblem>> DeleteModelAsync(
        HttpContext http, ModelRegistry registry, string? id, CancellationToken cancellationToken)
    {
        if (!WriteConditions.TryRead(http.Request, "registry.delete_model", out var conditions, out var problem))
        {
            return problem;
        }

        var name = ModelName.Of(id);
        var result = await conditions.ApplyAsync(precondition => registry.DeleteModelAsync(name, precondition, Caller.Of(http), cancellationToken));
        return Written.Failed(http, result) is { } failed ? failed : TypedResults.NoContent();
    }
}
