using ChatModels.Api.Conditions;
using ChatModels.Api.Errors;
using ChatModels.Registry;

namespace ChatModels.Api.Apis;

internal static class Written
{
    /// <summary>Puts what a write brought about into the headers: the revision, and the entity's new tag. A problem when it failed.</summary>
    public static RegistryProblem? Failed(HttpContext http, RegistryResult result)
    {
        if (result.Failure is { } failure)
        {
            return RegistryProblem.Of(failure);
        }

        RegistryReads.NameRevision(http.Response, result.Head);
        if (result.Tag is { } tag)
        {
            EntityTags.Write(http.Response, tag);
        }

        return null;
    }
}
