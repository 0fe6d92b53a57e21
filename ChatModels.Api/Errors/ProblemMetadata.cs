using ChatModels.Api.Wire;

namespace ChatModels.Api.Errors;

/// <summary>Documents which failures a route has.</summary>
internal static class ProblemMetadata
{
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemView>(status, RegistryProblem.MediaType);
        }

        return route;
    }

    public static RouteHandlerBuilder WithOpenAiErrors(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<OpenAiErrorView>(status);
        }

        return route;
    }
}
