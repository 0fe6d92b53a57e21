using ChatModels.Api.Errors;
using ChatModels.Registry;
using ChatModels.Registry.Feed;

namespace ChatModels.Api.Apis;

/// <summary>Tells whoever watches what has changed, as server-sent events.</summary>
internal static class WatchApi
{
    private const string Op = "registry.watch";

    // Proxies cut connections on which nothing moves; some after 30 s.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public static IEndpointRouteBuilder MapWatchApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/registry/watch", Watch).WithTags("Registry").WithName("WatchRegistry").WithQuery(Op).WithProblems(400, 503)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .WithSummary("What changes, as server-sent events: 'reset' with the whole registry first or when there is no way from Last-Event-ID, then 'changed' with names");
        return routes;
    }

    internal static IResult Watch(HttpContext http, ModelRegistry registry, RegistryFeed feed, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        if (RegistryReads.Read(http, registry) is null)
        {
            return RegistryReads.NotLoaded(Op);
        }

        // An id that is none of ours is one of a history that nobody knows.
        var since = RegistryHead.TryParse(http.Request.Headers["Last-Event-ID"], out var head) ? head : null;
        return new WatchStream(feed, since, Silence, time, lifetime.ApplicationStopping);
    }
}
