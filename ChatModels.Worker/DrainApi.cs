using System.Text.Json.Serialization;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Worker;

/// <summary>
/// Lets an operator empty this worker before it is stopped, or while something is wrong with it: it finishes the chunks that it has, and begins nothing new until told to.
/// The other workers take what it leaves. A restart forgets it.
/// </summary>
internal static class DrainApi
{
    public static IEndpointRouteBuilder MapDrainApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/drain", View);
        routes.MapPost("/drain", (ReplicaIdentity identity) => Set(identity, true));
        routes.MapDelete("/drain", (ReplicaIdentity identity) => Set(identity, false));
        return routes;
    }

    internal static Ok<DrainView> View(ReplicaIdentity identity) => TypedResults.Ok(new DrainView(identity.IsDraining, identity.Work ?? []));

    private static Ok<DrainView> Set(ReplicaIdentity identity, bool isDraining)
    {
        identity.IsDraining = isDraining;
        return View(identity);
    }
}

/// <summary>Whether this worker begins nothing new, and what it still runs.</summary>
internal sealed record DrainView(bool Draining, IReadOnlyList<string> Work);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DrainView))]
internal sealed partial class WorkerJson : JsonSerializerContext;
