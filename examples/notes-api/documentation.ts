import { fastifySwagger } from "@fastify/swagger";
import { fastifySwaggerUi } from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { COOKIE } from "./auth/session";

/** The OpenAPI document, made of the routes' own schemas, and a page at /docs to read and try it. */
export async function addDocumentation(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.0.3",
      info: { title: "Notes", version: "1.0.0", description: "An example service made with Freehold: notes that belong to somebody." },
      components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: COOKIE } } },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => typeof json.$id === "string" ? json.$id : `schema${index}` },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: "/docs",
    // The page sets styles of its own on elements; scripts stay as strict as everywhere.
    staticCSP: "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;connect-src 'self';base-uri 'none';frame-ancestors 'none'",
  });
}
