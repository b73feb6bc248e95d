using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Data;

/// <summary>The tables that a module brings; it reads them with <c>db.Set&lt;T&gt;()</c>.</summary>
public interface IModelPart
{
    void Build(ModelBuilder model);
}
