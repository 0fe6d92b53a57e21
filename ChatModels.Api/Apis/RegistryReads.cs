using System.Globalization;
using ChatModels.Api.Errors;
using ChatModels.Registry;

namespace ChatModels.Api.Apis;

/// <summary>What reads of the registry have in common: one snapshot, and its revision in a header.</summary>
internal static class RegistryReads
{
    public const string RevisionHeader = "x-chatmodels-registry-revision";

    /// <summary>Names the revision on every answer, errors included; whoever reads or writes overrides it with the exact one.</summary>
    public static Task NameRevisionAsync(HttpContext http, RequestDelegate next)
    {
        NameRevision(http.Response, http.RequestServices.GetRequiredService<ModelRegistry>().Current.Head);
        return next(http);
    }

    public static void NameRevision(HttpResponse response, RegistryHead? head)
    {
        if (head is not null)
        {
            response.Headers[RevisionHeader] = head.Revision.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The snapshot that a read is answered from; null before the first load.</summary>
    public static RegistrySnapshot? Read(HttpContext http, ModelRegistry registry)
    {
        var snapshot = registry.Current;
        NameRevision(http.Response, snapshot.Head);
        return snapshot.Head is null ? null : snapshot;
    }

    public static RegistryProblem NotLoaded(string op) =>
        new(op, ErrorCodes.RegistryNotLoaded, "This replica has not loaded the registry yet. Try again in a second; GET /registry says how it stands.");
}
